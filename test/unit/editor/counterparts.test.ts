import assert from 'node:assert/strict';
import { counterparts } from '../../../extension/editor/inspection/counterparts';

const checkpoint = (step: number): { step: number; folder: string } => ({ step, folder: `/run/checkpoints/${step}` });
const checkpoints = [100, 200, 300, 400].map(checkpoint);
const record = { best: { step: 200, metric: 'accuracy', value: 0.7 }, last: { step: 400 } };

describe('what a checkpoint can be compared with', () => {
  it('is its start, the one before, the best, the last and every other, each once', () => {
    const found = counterparts(checkpoint(300), checkpoints, record);
    assert.deepEqual(
      found.map(({ kind, step }) => [kind, step]),
      [
        ['start', 100],
        ['previous', 200],
        ['last', 400],
      ],
    );
  });

  it('comes first where it is the earlier one, so that changes are read forwards', () => {
    const found = counterparts(checkpoint(200), checkpoints, record);
    assert.deepEqual(
      found.map(({ a, b }) => [a, b].map((folder) => Number(folder.split('/').at(-1)))),
      [
        [100, 200],
        [200, 400],
        [200, 300],
      ],
    );
  });

  it('is nothing where a run has only one', () => {
    assert.deepEqual(counterparts(checkpoint(100), [checkpoint(100)], { best: undefined, last: { step: 100 } }), []);
  });
});
