import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { FrozenModel, ScoringRequest } from '../../../extension/engine/models/frozenModel';
import { loadFrozenModel, openModelFolder } from '../../../extension/engine/models/loadFrozenModel';
import { bucketed, stepped, unpadded } from '../../../extension/engine/models/padding';
import {
  beginningFeeds,
  beginningOf,
  behindBeginningFeeds,
} from '../../../extension/engine/models/sharedBeginning/behindBeginningBatch';
import { SharedBeginning } from '../../../extension/engine/models/sharedBeginning/sharedBeginning';
import { writeModel } from '../../../extension/engine/graph/emission/writeModel';
import { input } from '../../../extension/engine/graph/leaves';
import { openSession, type Feed, type Session } from '../../../extension/engine/graph/session';
import { largestDifference, modelFixtures, modelNames } from './modelFixtures';

const cpu = { executionProvider: 'cpu', threads: 1 } as const;
const targets = [[3], [8, 4], [8, 5, 6]];
const lead = [5, 7, 9, 4];

/** Requests that begin alike, and requests that leave little or nothing of a beginning to share. */
const passes: Readonly<Record<string, readonly ScoringRequest[]>> = {
  'a lead': [
    { inputIds: [...lead, 11, 12, 13, 14], targets, leadTokens: 4 },
    { inputIds: [...lead, 12, 6], targets, leadTokens: 4 },
  ],
  'another lead': [{ inputIds: [6, 2, 11, 12], targets, leadTokens: 2 }],
  'no lead': [{ inputIds: [11, 12, 13], targets }],
  'a lead that is the whole text of one': [
    { inputIds: [...lead, 11, 12], targets, leadTokens: 4 },
    { inputIds: lead, targets, leadTokens: 4 },
  ],
};
const emptyText = [{ inputIds: [], targets }];
/** Of the longest target, the last token is read by no one. */
const longestTarget = 2;

describe('what all rows of a pass begin with', function () {
  this.timeout(120_000);
  for (const name of modelNames.filter((each) => !/^(m?t5|bart)/.test(each))) {
    describe(name, () => {
      let model: FrozenModel;
      before(async () => {
        model = await loadFrozenModel(join(modelFixtures, name));
      });

      for (const promptLength of [0, 1, 3])
        it(`changes no score behind ${promptLength} virtual tokens, whichever pass and prompt came before`, async () => {
          const prompts = [1, 2].map((factor) =>
            Float32Array.from({ length: promptLength * model.width }, (_, i) => Math.sin(factor * i)),
          );
          const [together, apart] = await Promise.all(
            [false, true].map((promptPerRequest) =>
              model.openScoringSession({ ...cpu, promptLength, promptPerRequest, sharedLead: !promptPerRequest }),
            ),
          );
          // With a prompt of its own a row shares nothing; without any prompt it says that it does not.
          const room = model.maxPositions - promptLength - longestTarget;
          const longest = [...lead, ...new Array<number>(room - lead.length).fill(11)];
          const given = {
            ...passes,
            ...(promptLength > 0 ? { 'no text': emptyText } : {}),
            'as long as the model reads, padding beyond it': [{ inputIds: longest, targets, leadTokens: 4 }],
          };
          for (const prompt of [...prompts, prompts[0]!])
            for (const [what, requests] of Object.entries({ ...given, 'a lead again': passes['a lead']! })) {
              const scores = await together!.score(prompt, requests);
              for (const [index, request] of requests.entries()) {
                const [alone] = await apart!.score(prompt, [{ ...request, leadTokens: 0 }]);
                const sums = (all: typeof alone): number[] => all!.map(({ logProbability }) => logProbability);
                const difference = largestDifference(sums(scores[index]), sums(alone));
                assert.ok(difference < 3e-5, `${what}, row ${index}: ${difference}`);
              }
            }
          await together!.release();
          await apart!.release();
        });
    });
  }

  describe('is computed', () => {
    const promptLength = 2;
    let session: Session;
    let beginning: SharedBeginning;
    let prompt: Float32Array;
    let runs: Record<string, Feed>[];
    const feedsOf = (requests: readonly ScoringRequest[], numbers = prompt): Promise<Record<string, Feed>> =>
      beginning.feeds(
        session,
        numbers,
        requests.map(({ inputIds, leadTokens }) => ({ inputIds, leadTokens, targetIds: [1] })),
        (feeds, outputs) => {
          runs.push(feeds);
          return session.run(
            { ...feeds, prompt: { data: numbers, shape: [promptLength, numbers.length / 2] } },
            outputs,
          );
        },
      );
    const open = async (name: string): Promise<void> => {
      const { network } = await openModelFolder(join(modelFixtures, name));
      const { continuation } = network;
      assert.equal(continuation.kind, 'causal');
      beginning = new SharedBeginning(network, continuation, promptLength, { text: stepped, shared: unpadded });
      const logits = beginning.logits(input('prompt', 'float', [promptLength, network.width]));
      const target = { executionProvider: 'cpu', precision: 'float32', forwardOnly: true } as const;
      session = await openSession(writeModel({ logits, ...beginning.outputs }, target));
      prompt = new Float32Array(promptLength * network.width).fill(0.1);
      runs = [];
    };
    afterEach(() => session.release());

    it('once for all passes, as long as prompt and beginning stay the same', async () => {
      await open('llama-tied');
      const [first, other] = [passes['a lead']!, passes['another lead']!];
      const key = 'past.keys.0';
      const kept = (await feedsOf(first))[key];
      assert.deepEqual(kept!.shape.slice(0, 3), [1, kept!.shape[1], promptLength + lead.length]);
      assert.equal((await feedsOf(first.slice(1)))[key], kept, 'other rows, the same beginning');
      assert.equal(runs.length, 1);
      await feedsOf(other);
      assert.equal(runs.length, 2);
      const changed = prompt.with(0, 0.2);
      assert.notDeepEqual((await feedsOf(first, changed))[key]!.data, kept!.data);
      assert.equal(runs.length, 3);
      assert.deepEqual((await feedsOf(first))[key]!.data, kept!.data, 'the first prompt again');
      assert.equal(runs.length, 4);
    });

    it('for whoever asked, where several ask at once', async () => {
      await open('llama-tied');
      const first = passes['a lead']!;
      const changed = prompt.with(0, 0.2);
      const [one, two, again] = await Promise.all([feedsOf(first), feedsOf(first, changed), feedsOf(first, changed)]);
      assert.equal(runs.length, 2, 'the second and the third wait for one');
      assert.deepEqual(await feedsOf(first), one);
      assert.deepEqual(await feedsOf(first, changed), two);
      assert.deepEqual(again, two);
      assert.notDeepEqual(one, two);
    });

    it('again where it failed', async () => {
      await open('gpt2');
      const wrong = feedsOf(passes['a lead']!, prompt.slice(1));
      await assert.rejects(wrong);
      await assert.rejects(feedsOf(passes['a lead']!, prompt.slice(1)));
      assert.equal(runs.length, 2);
    });

    it('anew where frequencies of rotary positions depend on the length of the text', async () => {
      await open('llama-dynamic');
      const long = (length: number): ScoringRequest[] => [
        { inputIds: [...lead, ...new Array<number>(length).fill(11)], targets, leadTokens: 4 },
      ];
      for (const length of [4, 5, 40, 60]) await feedsOf(long(length));
      assert.equal(runs.length, 3, 'as long as it was trained for, and two longer ones');
    });
  });

  it('ends in front of the token that predicts a target', () => {
    const begun = (texts: readonly number[][], promptLength: number): unknown =>
      beginningOf(
        texts.map((inputIds) => ({ inputIds, targetIds: [1], leadTokens: 2 })),
        promptLength,
      );
    assert.deepEqual(
      begun(
        [
          [5, 7, 9],
          [5, 7, 4],
        ],
        3,
      ),
      { lead: [5, 7], length: 5 },
    );
    assert.deepEqual(
      begun(
        [
          [5, 7, 9],
          [5, 8, 4],
        ],
        3,
      ),
      { lead: [5], length: 4 },
    );
    assert.deepEqual(
      begun(
        [
          [5, 7, 9],
          [5, 7],
        ],
        3,
      ),
      { lead: [5], length: 4 },
    );
    assert.deepEqual(begun([[5, 7, 9], []], 3), { lead: [], length: 2 });
    assert.deepEqual(begun([[5]], 0), { lead: [], length: 0 });
    assert.throws(() => begun([[]], 0), /neither a prompt nor an input token/);
  });

  it('is laid out as the past of the rows', () => {
    const examples = [
      { inputIds: [5, 7, 9, 8], targetIds: [3, 4], leadTokens: 2 },
      { inputIds: [5, 7, 6], targetIds: [2], leadTokens: 2 },
    ];
    const beginning = beginningOf(examples, 3);
    const exact = { text: unpadded, shared: unpadded };
    const batch = { promptLength: 3, maxPositions: 9, sizes: exact };
    const { feeds, reached, whole } = behindBeginningFeeds(examples, beginning, batch);
    const numbers = Object.fromEntries(
      Object.entries(feeds).map(([name, { data, shape }]) => [name, [Array.from(data as number[], Number), shape]]),
    );
    const { causalBias, ...others } = numbers;
    assert.deepEqual(others, {
      ids: [[9, 8, 3, 6], [4]],
      // Words stand behind the prompt's rows; the padding of the second is any token.
      rowTokens: [
        [3, 4, 5, 6, 0, 0],
        [2, 3],
      ],
      positions: [[5, 6, 7], [3]],
      slotPlaces: [
        [1, 2, 0, 0],
        [2, 2],
      ],
      slotRows: [
        [1, 2, 3, 3],
        [2, 2],
      ],
      targetSlots: [[0, 1, 2], [3]],
      wanted: [[0], [1]],
    });
    const [bias, shape] = causalBias as [number[], number[]];
    assert.deepEqual(shape, [3, 8]);
    const seen = [0, 1, 2].map((row) =>
      bias
        .slice(row * 8, (row + 1) * 8)
        .map((each) => Number(each === 0))
        .join(''),
    );
    assert.deepEqual(seen, ['11111100', '11111110', '11111111']);
    assert.deepEqual([reached, whole], [8, 9]);
    assert.throws(
      () => behindBeginningFeeds(examples, beginning, { ...batch, maxPositions: 7 }),
      /an example has 5 tokens, 8 with the prompt; the model was made for 7 at most/,
    );
    const alone = beginningFeeds(beginning, exact);
    assert.deepEqual(
      [alone.ids.data, alone.rowTokens.data],
      [
        [5, 7],
        [0, 1, 2, 3, 4],
      ],
    );
    assert.deepEqual(alone.causalBias.shape, [5, 6]);
    assert.deepEqual(alone.wanted, alone.positions);
    assert.notEqual(alone.causalBias.data[0], 0, 'the empty slot is masked');
  });

  it('is padded where few shapes are wanted, and the padding masked', () => {
    const examples = [{ inputIds: [5, 7, 9, 8, 6], targetIds: [3], leadTokens: 2 }];
    const beginning = beginningOf(examples, 3);
    const sizes = { text: bucketed, shared: bucketed };
    const { feeds } = behindBeginningFeeds(examples, beginning, { promptLength: 3, maxPositions: 20, sizes });
    assert.deepEqual(feeds.ids, { data: [9, 8, 6], shape: [3] });
    assert.deepEqual(feeds.causalBias.shape, [3, 9]);
    const seen = Array.from(feeds.causalBias.data as Float32Array, (each) => Number(each === 0)).join('');
    assert.equal(seen, ['111110100', '111110110', '111110111'].join(''));
    const alone = beginningFeeds(beginning, sizes);
    assert.deepEqual(alone.wanted, { data: [0, 1, 2, 3, 4, 4], shape: [6] });
    assert.deepEqual(alone.rowTokens, { data: [0, 1, 2, 3, 4, 4], shape: [1, 6] });
    assert.deepEqual(alone.causalBias.shape, [6, 7]);
  });
});
