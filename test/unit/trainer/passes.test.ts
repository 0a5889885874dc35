import assert from 'node:assert/strict';
import type { LongestExample } from '../../../extension/engine/models/frozenModel';
import { passesOf } from '../../../extension/trainer/jobs/passes';

const examples = [
  { inputIds: [1, 2], targetIds: [3] },
  { inputIds: [1, 2, 3, 4], targetIds: [5], tailTokens: 1 },
  { inputIds: [1], targetIds: [2, 3] },
];

/** What a run plans where a model fits passes of `fitting` tokens, and what the model was asked. */
function planned(
  position: 'prefix' | 'suffix' | 'infix',
  fitting: number,
  onCpu = true,
): { readonly passes: ReturnType<typeof passesOf>; readonly asked: readonly LongestExample[] } {
  const asked: LongestExample[] = [];
  const model = {
    kind: 'causal' as const,
    fittingTokens: (longest: LongestExample, wanted: number) => {
      asked.push(longest);
      return Math.min(fitting, wanted);
    },
    pastShare: () => 0.25,
  };
  const experiment = { prompt: { length: 20, position }, training: { microBatchTokens: 1024 } };
  return { passes: passesOf(experiment, model, examples, onCpu), asked };
}

describe('the passes of a run', () => {
  it('have the tokens that were asked for where they fit, for which the longest example counts', () => {
    const { passes, asked } = planned('prefix', 4000);
    assert.deepEqual(passes, { microBatchTokens: 1024, sharedPrompt: true, pastShare: undefined });
    assert.deepEqual(asked, [{ promptLength: 20, tokens: 5 }]);
  });

  it('have fewer where they do not fit', () => {
    assert.equal(planned('prefix', 300).passes.microBatchTokens, 300);
  });

  it('have those that were asked for on a graphics card, whatever fits in the memory of the machine', () => {
    const { passes, asked } = planned('prefix', 300, false);
    assert.equal(passes.microBatchTokens, 1024);
    assert.deepEqual(asked, []);
  });

  it('count of a text in front of the prompt what it takes as a past only', () => {
    const { passes, asked } = planned('infix', 4000);
    assert.deepEqual(passes, { microBatchTokens: 1024, sharedPrompt: false, pastShare: 0.25 });
    assert.deepEqual(asked, [{ promptLength: 20, tokens: 2, past: 3 }]);
  });
});
