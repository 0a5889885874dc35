import assert from 'node:assert/strict';
import { usualWorkload } from '../../../extension/library/memoryEstimate';
import { looksEnglish } from '../../../extension/library/recommended/looksEnglish';
import { recommendableModels } from '../../../extension/library/recommended/models';
import { recommend, tuningCosts, type Situation } from '../../../extension/library/recommended/recommend';
import type { RecommendedModel } from '../../../extension/protocol/models';

const large: Situation = {
  speed: 200e9,
  memory: { free: 60e9, installed: 64e9 },
  steps: 500,
  english: undefined,
};
const costs = tuningCosts(usualWorkload, 64);
const none = (): boolean => false;
const ids = (models: readonly RecommendedModel[]): string[] => models.map(({ id }) => id);

describe('recommended models', () => {
  it('have the number of parameters that their owners publish', () => {
    // Millions, from the model cards; with their embeddings.
    const published: Readonly<Record<string, number>> = {
      'google/flan-t5-small': 77,
      'HuggingFaceTB/SmolLM2-135M-Instruct': 135,
      'google/gemma-3-270m-it': 268,
      'google/flan-t5-base': 248,
      'HuggingFaceTB/SmolLM2-360M-Instruct': 362,
      'Qwen/Qwen2.5-0.5B-Instruct': 494,
      'Qwen/Qwen2.5-1.5B-Instruct': 1544,
      'HuggingFaceTB/SmolLM2-1.7B-Instruct': 1711,
    };
    for (const model of recommendableModels) {
      const told = costs.find((cost) => cost.model === model);
      assert.equal(Math.round(told!.parameters / 1e6), published[model.id], model.id);
      // Two bytes a weight, or four: a download is not half of a model.
      assert.ok(model.bytes >= 1.95 * told!.parameters && model.bytes <= 4.2 * told!.parameters, model.id);
    }
  });

  it('are three to five, and with them the quickest', () => {
    const models = recommend(costs, large, none);
    assert.ok(models.length >= 3 && models.length <= 5, String(models.length));
    assert.ok(ids(models).includes('google/flan-t5-small'));
  });

  it('are the strongest first, of those whose run ends within an hour', () => {
    const [first, second] = recommend(costs, { ...large, speed: 2e12 }, none);
    assert.equal(first?.id, 'HuggingFaceTB/SmolLM2-1.7B-Instruct');
    assert.ok(first.minutes <= 60 && second!.parameters < first.parameters);
    const [slowFirst] = recommend(costs, { ...large, speed: 20e9 }, none);
    assert.ok(slowFirst!.parameters < 200e6, slowFirst?.id);
  });

  it('are none that this machine has no memory for', () => {
    const models = recommend(costs, { ...large, memory: { free: 3e9, installed: 4e9 } }, none);
    assert.ok(models.length > 0);
    for (const { id, memory } of models) assert.ok(memory.total <= 4e9, id);
    assert.ok(!ids(models).includes('Qwen/Qwen2.5-1.5B-Instruct'));
  });

  it('know many languages where the texts are not English', () => {
    const english = recommend(costs, { ...large, english: true }, none);
    const german = recommend(costs, { ...large, english: false }, none);
    assert.deepEqual(
      ids(german).filter((id) => /SmolLM2|flan/.test(id)),
      [],
    );
    assert.ok(german.length >= 3);
    assert.ok(ids(english).some((id) => id.includes('SmolLM2')));
  });

  it('take twice as long on a machine of half the speed, and say what lies here already', () => {
    const smallest = costs.slice(0, 2);
    const id = smallest[1]!.model.id;
    const here = recommend(smallest, large, (each) => each === id).find(({ downloaded }) => downloaded);
    const there = recommend(smallest, { ...large, speed: 100e9 }, none).find((model) => model.id === id);
    assert.equal(there?.downloaded, false);
    assert.ok(Math.abs(there.stepSeconds / here!.stepSeconds - 2) < 1e-9);
    assert.ok(Math.abs(here!.minutes - (500 * here!.stepSeconds) / 60) < 1e-9);
  });
});

describe('English texts', () => {
  it('are told from other languages by their commonest words', () => {
    const english = 'The battery of this phone is very good, and it was with me for the whole of a long day. '.repeat(
      4,
    );
    const dutch = 'Deze telefoon werkt heel goed en de batterij blijft een hele lange dag vol met energie. '.repeat(4);
    const german = 'Das Gerät läuft sehr gut, und die Batterie hält für einen langen Tag ohne Probleme durch. '.repeat(
      4,
    );
    assert.equal(looksEnglish([english]), true);
    assert.equal(looksEnglish([dutch]), false);
    assert.equal(looksEnglish([german]), false);
    assert.equal(looksEnglish(['この電話はとても良いです。'.repeat(20)]), false);
    assert.equal(looksEnglish(['Great phone']), true);
  });
});
