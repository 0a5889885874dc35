import assert from 'node:assert/strict';
import { passTokens } from '../../../extension/trainer/jobs/passTokens';

/** What a run is told and writes down where a model fits passes of `fitting` tokens. */
async function planned(
  used: 'cpu' | 'webgpu',
  fitting: number,
): Promise<{ tokens: number; asked: unknown[]; log: string[] }> {
  const [asked, log]: [unknown[], string[]] = [[], []];
  const tokens = await passTokens({
    experiment: { prompt: { length: 20 }, training: { microBatchTokens: 1024 } },
    model: {
      fittingTokens: (workload, wanted) => {
        asked.push(workload);
        return Math.min(fitting, wanted);
      },
    },
    examples: [
      { inputIds: [1, 2], targetIds: [3] },
      { inputIds: [1, 2, 3, 4], targetIds: [5] },
      { inputIds: [1], targetIds: [2, 3] },
    ],
    writer: {
      record: { provider: { used, device: 'any', rejected: [] } },
      log: (level, text) => {
        log.push(`${level} ${text}`);
        return Promise.resolve();
      },
    },
  });
  return { tokens, asked, log };
}

describe('the tokens of a pass', () => {
  it('are those that were asked for where they fit, for which the longest example counts', async () => {
    assert.deepEqual(await planned('cpu', 4000), { tokens: 1024, asked: [{ promptLength: 20, tokens: 5 }], log: [] });
  });

  it('are fewer where they do not fit, and the log of the run says so', async () => {
    const { tokens, log } = await planned('cpu', 300);
    assert.equal(tokens, 300);
    assert.equal(log.length, 1);
    assert.match(log[0]!, /^info micro-batches of 300 tokens instead of 1024/);
  });

  it('are those that were asked for on a graphics card, whatever fits in the memory of the machine', async () => {
    assert.deepEqual(await planned('webgpu', 300), { tokens: 1024, asked: [], log: [] });
  });
});
