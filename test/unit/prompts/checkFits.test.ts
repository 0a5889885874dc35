import * as assert from 'node:assert/strict';
import { checkFits, hubId } from '../../../extension/engine/prompts/checkFits';
import type { StoredPrompt } from '../../../extension/engine/prompts/storedPrompt';

const model = {
  ...({ name: 'gpt2', folder: '/models/gpt2', kind: 'causal' } as const),
  ...{ width: 768, vocabulary: 50257, maxPositions: 1024 },
};
const stored = (facts: Partial<StoredPrompt> = {}): StoredPrompt => ({
  ...{ path: '/p', format: 'peft', prompt: new Float32Array(0), length: 20, width: 768, kind: 'causal' },
  ...facts,
});

describe('a prompt and a model', () => {
  it('fit where width, kind and name are the same, wherever the model lies', () => {
    for (const baseModel of [
      'gpt2',
      'openai-community/gpt2',
      '/elsewhere/GPT2/',
      'C:\\models\\gpt2',
      '/home/a/.cache/huggingface/hub/models--openai-community--gpt2/snapshots/607a30d783dfa663caf39e06633721c8d4cfcd7e',
    ]) {
      assert.deepEqual(checkFits(stored({ baseModel }), model), { problems: [], warnings: [] }, baseModel);
    }
    assert.deepEqual(checkFits(stored(), model), { problems: [], warnings: [] });
  });

  it('do not fit where width, kind or vocabulary differ, or no room is left', () => {
    for (const [facts, reason] of [
      [{ width: 512 }, /width 512; gpt2 has embeddings of width 768/],
      [{ kind: 'encoder-decoder' }, /of kind encoder-decoder; gpt2 is decoder-only/],
      [{ learnedOn: { vocabulary: 32128 } }, /vocabulary of 32128 tokens; gpt2 has 50257/],
      [{ length: 1024 }, /1024 virtual tokens and leaves no room for a text/],
    ] as const) {
      const { problems } = checkFits(stored(facts), model);
      assert.equal(problems.length, 1);
      assert.match(problems[0]!, reason);
    }
  });

  it('of another name are used with a warning', () => {
    const { problems, warnings } = checkFits(stored({ baseModel: 'distilbert/distilgpt2' }), model);
    assert.deepEqual(problems, []);
    assert.deepEqual(warnings, ['The prompt was learned with distilbert/distilgpt2; this model is called gpt2.']);
  });

  it('of the very same weights need no name, and of other weights are used with a warning', () => {
    const prompt = stored({ baseModel: '/tmp/copy', learnedOn: { weights: 'aa', model: 'copy' } });
    assert.deepEqual(checkFits(prompt, model, 'aa').warnings, []);
    const changed = checkFits(stored({ learnedOn: { weights: 'aa', model: 'gpt2' } }), model, 'bb');
    assert.deepEqual(changed.warnings, ['The weights of gpt2 are not the ones that the prompt was learned with.']);
  });

  it('are told apart by hub id in a hub cache', () => {
    assert.equal(hubId('/c/models--google--t5-v1_1-small/snapshots/abc'), 'google/t5-v1_1-small');
    assert.equal(hubId('/c/models--gpt2/snapshots/abc'), 'gpt2');
    assert.equal(hubId('/models/gpt2'), undefined);
  });
});
