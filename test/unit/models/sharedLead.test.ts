import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { EncodedExample, FrozenModel } from '../../../extension/engine/models/frozenModel';
import { loadFrozenModel, openModelFolder } from '../../../extension/engine/models/loadFrozenModel';
import { unpadded } from '../../../extension/engine/models/padding';
import { largestDifference, modelFixtures, modelNames } from './modelFixtures';

const cpu = { executionProvider: 'cpu', threads: 1 } as const;
const promptLength = 3;
const lead = [5, 7, 9, 4];

/** Rows of several lengths behind the lead, one token at least; the last one's target is predicted from the token behind the lead. */
const rows: readonly EncodedExample[] = [
  { inputIds: [...lead, 11, 12, 13, 14, 15, 16], targetIds: [3, 8] },
  { inputIds: [...lead, 12, 6, 11], targetIds: [9] },
  { inputIds: [...lead, 20], targetIds: [7, 6, 5] },
];
const withLead = (examples: readonly EncodedExample[], leadTokens: number): EncodedExample[] =>
  examples.map((example) => ({ ...example, leadTokens }));

describe('tokens that all rows begin with', function () {
  this.timeout(120_000);
  for (const name of modelNames) {
    describe(name, () => {
      let model: FrozenModel;
      let prompt: Float32Array;
      before(async () => {
        model = await loadFrozenModel(join(modelFixtures, name));
        prompt = Float32Array.from({ length: promptLength * model.width }, (_, i) => Math.sin(i));
      });

      it('change neither loss nor gradient by being computed once', async () => {
        const session = await model.openTrainingSession({ ...cpu, promptLength });
        const apart = await session.lossAndGradient(prompt, rows, 6);
        const largest = apart.gradient.reduce((most, each) => Math.max(most, Math.abs(each)), 0);
        const begunOtherwise = { ...rows[1]!, inputIds: [lead[0]!, 8, ...rows[1]!.inputIds.slice(2)] };
        const other = [rows[0]!, begunOtherwise, rows[2]!];
        const apartOther = await session.lossAndGradient(prompt, other, 6);
        const cases = [
          ['all of them', withLead(rows, lead.length), apart],
          ['as many as each row says', [...withLead(rows.slice(0, 2), 4), ...withLead(rows.slice(2), 2)], apart],
          ['as many as are the same', withLead(other, lead.length), apartOther],
        ] as const;
        for (const [what, examples, expected] of cases) {
          const shared = await session.lossAndGradient(prompt, examples, 6);
          assert.ok(Math.abs(shared.loss - expected.loss) < 1e-5, `${what}: ${shared.loss} against ${expected.loss}`);
          const difference = largestDifference(shared.gradient, expected.gradient) / largest;
          assert.ok(difference < 1e-5, `${what}: the gradients differ by ${difference} of the largest entry`);
        }
        await session.release();
      });

      it('change no score, of targets of one token and of more', async () => {
        const session = await model.openScoringSession({ ...cpu, promptLength });
        const targets = [[3], [8, 4], [8, 5, 6]];
        const requests = rows.map(({ inputIds }) => ({ inputIds, targets }));
        const sums = async (leadTokens?: number): Promise<number[]> =>
          (
            await session.score(
              prompt,
              requests.map((request) => ({ ...request, leadTokens })),
            )
          )
            .flat()
            .map(({ logProbability }) => logProbability);
        assert.ok(largestDifference(await sums(lead.length), await sums()) < 2e-5);
        await session.release();
      });
    });
  }

  it('are laid out once, behind the prompt, where all rows have one', async () => {
    const { network } = await openModelFolder(join(modelFixtures, 'llama-tied'));
    const shapes = (perRow: boolean): unknown => {
      const { ids, leadIds, causalBias, slotRows } = network.feeds(withLead(rows, 4), promptLength, perRow, unpadded);
      return [ids!.shape, leadIds?.data, causalBias!.shape, [...(slotRows!.data as BigInt64Array)].map(Number)];
    };
    // Texts of 7 = 6 + 2 - 1 tokens behind 3 of the prompt and 4 of the lead; a target is predicted by the token before it.
    assert.deepEqual(shapes(false), [[3, 7], lead, [14, 14], [12, 13, 0, 16, 0, 0, 21, 22, 23]]);
    const some = [...withLead(rows.slice(0, 2), 4), ...withLead(rows.slice(2), 2)];
    const { leadIds: fewest } = network.feeds(some, promptLength, false, unpadded);
    assert.deepEqual(fewest!.data, lead.slice(0, 2));
    const [ids, leadIds, bias] = shapes(true) as unknown[];
    assert.deepEqual([ids, leadIds, bias], [[3, 11], undefined, [14, 14]]);
  });
});
