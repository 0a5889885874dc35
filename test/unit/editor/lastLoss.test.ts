import assert from 'node:assert/strict';
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lastLoss } from '../../../extension/editor/runs/lastLoss';
import { Journal } from '../../../extension/runs/journal';

describe('the last loss of a run', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'loss-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const step = (number: number): Parameters<Journal['append']>[0] => ({
    type: 'step',
    step: number,
    loss: number / 1000,
    gradientNorm: 1,
    promptNorm: 1,
    learningRate: 0.3,
    seconds: 0.1,
    tokens: 100,
  });

  it('is that of the last step, also behind evaluations, a torn line and many steps', async () => {
    const journal = await Journal.open(folder);
    for (let number = 1; number <= 500; number++) await journal.append(step(number));
    await journal.append({
      type: 'evaluation',
      step: 500,
      split: 'dev',
      scores: { accuracy: 0.5, loss: 9 },
      seconds: 1,
    });
    await journal.close();
    await appendFile(join(folder, 'metrics.jsonl'), '{"type":"step","step":501,"loss":77');
    assert.equal(await lastLoss(folder), 0.5);
  });

  it('is unknown before the first step', async () => {
    assert.equal(await lastLoss(folder), undefined);
    await (await Journal.open(folder)).close();
    assert.equal(await lastLoss(folder), undefined);
  });
});
