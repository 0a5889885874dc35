import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EncodedExample } from '../../../extension/engine/models/frozenModel';
import { loadFrozenModel } from '../../../extension/engine/models/loadFrozenModel';
import { answerOfChild, answersAsChild } from '../graphicsChild';
import { largestDifference, modelFixtures, readExpected, readTensors } from './modelFixtures';

/** Every shader is compiled anew for every session, in software: as few models as use every operator and storage. */
const modelNames = ['llama-untied', 'llama-bf16', 'gemma2', 'gpt2', 'bloom', 'gptj', 't5-v1.0', 't5-v1.1', 'bart'];
const scoredNames = ['llama-untied', 't5-v1.1'];

interface Quantised {
  readonly gradient: readonly number[];
  /** Tokens written on WebGPU and on the CPU. */
  readonly texts: readonly (readonly number[])[];
}

/** With two more tokens in front of every text: each row by itself, and with the two computed once for all. */
interface Lead {
  readonly apart: readonly number[];
  readonly once: readonly number[];
  /** Scores on WebGPU, of beginnings of several lengths and back to the first, and on the CPU. */
  readonly scores: readonly number[];
  readonly expected: readonly number[];
}

interface Computed {
  readonly loss: number;
  readonly gradient: number[];
  readonly logProbabilities?: number[];
}

/** A model with 4-bit weights: its prompt gradient and a text of it. */
async function computeQuantised(): Promise<Quantised> {
  const folder = join(process.cwd(), 'test/fixtures/quantisation/llama');
  const cache = await mkdtemp(join(tmpdir(), 'int4-'));
  const model = await loadFrozenModel(folder, { cache, frozenWeights: 'int4' });
  const { examples } = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as {
    examples: EncodedExample[];
  };
  const { numbers, shape } = (await readTensors(join(folder, 'expected.safetensors'))).get('prompt')!;
  const options = { executionProvider: 'webgpu', promptLength: shape[0]! } as const;
  const training = await model.openTrainingSession(options);
  const { gradient } = await training.lossAndGradient(numbers, examples, 3);
  await training.release();
  const texts: number[][] = [];
  for (const executionProvider of ['webgpu', 'cpu'] as const) {
    const session = await model.openGenerationSession({ ...options, executionProvider });
    const generations = await session.generate(numbers, examples, { maxNewTokens: 5 });
    texts.push(generations.flatMap(({ ids }) => ids));
    await session.release();
  }
  await rm(cache, { recursive: true });
  return { gradient: Array.from(gradient), texts };
}

async function computeLead(): Promise<Lead> {
  const model = await loadFrozenModel(join(modelFixtures, 'llama-untied'));
  const { examples, prompt, promptLength } = await readExpected('llama-untied');
  const training = await model.openTrainingSession({ executionProvider: 'webgpu', promptLength });
  const gradientOf = async (leadTokens: number): Promise<number[]> => {
    const begun = examples.map((each) => ({ ...each, inputIds: [5, 7, ...each.inputIds], leadTokens }));
    return Array.from((await training.lossAndGradient(prompt, begun, 3)).gradient);
  };
  const [apart, once] = [await gradientOf(0), await gradientOf(2)];
  await training.release();
  const scoresOn = async (executionProvider: 'webgpu' | 'cpu'): Promise<number[]> => {
    const session = await model.openScoringSession({ executionProvider, promptLength });
    const scores: number[] = [];
    for (const lead of [[5, 7], [6], [5, 7, 9, 4, 8, 3, 2, 6], [5, 7]]) {
      const requests = [[11, 12, 13], [12]].map((text) => ({
        inputIds: [...lead, ...text],
        targets: [[3], [8, 4]],
        leadTokens: lead.length,
      }));
      const scored = await session.score(prompt, requests);
      scores.push(...scored.flat().map(({ logProbability }) => logProbability));
    }
    await session.release();
    return scores;
  };
  return { apart, once, scores: await scoresOn('webgpu'), expected: await scoresOn('cpu') };
}

/** Loss, prompt gradient and scores on WebGPU. */
async function computeAll(): Promise<Record<string, Computed>> {
  const computed: Record<string, Computed> = {};
  for (const name of modelNames) {
    const model = await loadFrozenModel(join(modelFixtures, name));
    const { examples, prompt, promptLength, scoring } = await readExpected(name);
    const options = { executionProvider: 'webgpu', promptLength } as const;
    const training = await model.openTrainingSession(options);
    const tokens = examples.reduce((sum, { targetIds }) => sum + targetIds.length, 0);
    const { loss, gradient } = await training.lossAndGradient(prompt, examples, tokens);
    await training.release();
    if (!scoredNames.includes(name)) {
      computed[name] = { loss, gradient: Array.from(gradient) };
      continue;
    }
    const scoringSession = await model.openScoringSession(options);
    const scores = await scoringSession.score(prompt, scoring[0]!.requests);
    await scoringSession.release();
    const logProbabilities = scores.flat().map(({ logProbability }) => logProbability);
    computed[name] = { loss, gradient: Array.from(gradient), logProbabilities };
  }
  return computed;
}

interface All {
  readonly computed: Record<string, Computed>;
  readonly quantised: Quantised;
  readonly lead: Lead;
}

async function answer(): Promise<All> {
  return { computed: await computeAll(), quantised: await computeQuantised(), lead: await computeLead() };
}

if (!answersAsChild(answer))
  describe('frozen models on WebGPU', function () {
    this.timeout(600_000);
    let computed: Record<string, Computed>;
    let quantised: Quantised;
    let lead: Lead;
    before(async () => {
      ({ computed, quantised, lead } = await answerOfChild<All>('swiftShader'));
    });

    it('4-bit weights: the prompt gradient is that of torch within 1e-4, texts are those of the CPU', async () => {
      const file = join(process.cwd(), 'test/fixtures/quantisation/llama/expected.safetensors');
      const expected = (await readTensors(file)).get('gradient')!.numbers;
      assert.ok(largestDifference(quantised.gradient, expected) <= 1e-4);
      assert.deepEqual(quantised.texts[0], quantised.texts[1]);
    });

    it('tokens that all rows begin with, computed once: the same gradient', () => {
      assert.ok(largestDifference(lead.once, lead.apart) <= 1e-5);
      assert.ok(lead.apart.some((each) => Math.abs(each) > 1e-3));
    });

    it('scores behind a beginning that is padded to few lengths: those of the CPU', () => {
      assert.equal(lead.scores.length, 16);
      assert.ok(largestDifference(lead.scores, lead.expected) <= 1e-4);
      assert.deepEqual(lead.scores.slice(0, 4), lead.scores.slice(-4));
      assert.ok(largestDifference(lead.expected.slice(0, 4), lead.expected.slice(4, 8)) > 1e-3);
    });

    for (const name of modelNames) {
      it(`${name}: loss and prompt gradient${scoredNames.includes(name) ? ' and scores' : ''} are those of torch within 1e-4`, async () => {
        const { loss, gradient, scoring } = await readExpected(name);
        const actual = computed[name]!;
        assert.ok(Math.abs(actual.loss - loss) <= 1e-4, `${actual.loss} against ${loss}`);
        assert.ok(largestDifference(actual.gradient, gradient) <= 1e-4);
        if (actual.logProbabilities === undefined) return;
        const expected = scoring[0]!.scores.flat().map(({ logProbability }) => logProbability);
        assert.ok(largestDifference(actual.logProbabilities, expected) <= 1e-4);
      });
    }
  });
