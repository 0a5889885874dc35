import * as assert from 'node:assert/strict';
import { evaluate, scorableClasses } from '../../../extension/engine/evaluation/evaluate';
import { evaluateTextPrompt, textPrompted } from '../../../extension/engine/evaluation/textPrompts';
import type { FrozenModel, ScoringRequest, ScoringSession } from '../../../extension/engine/models/frozenModel';
import { loadFrozenModel } from '../../../extension/engine/models/loadFrozenModel';
import type { EncodedTaskExample } from '../../../extension/engine/tasks/encoding';
import { encodeExamples } from '../../../extension/engine/tasks/encoding';
import { taskExamples } from '../../../extension/engine/tasks/examples';
import type { Task } from '../../../extension/engine/tasks/task';
import { dataset } from '../tasks/builders';

const task: Task = { template: '{text}:', label: { column: 'label', words: { '0': 'no', '1': 'yes' } } };

describe('a text prompt on a frozen model', function () {
  this.timeout(120_000);
  let model: FrozenModel;
  let session: ScoringSession;
  let asked: ScoringRequest[];
  let train: readonly EncodedTaskExample[];
  let examples: readonly EncodedTaskExample[];

  function encoded(texts: readonly string[]): readonly EncodedTaskExample[] {
    const rows = texts.map((text, index) => ({ text, label: (index % 2).toString() }));
    return encodeExamples(taskExamples(dataset(rows), task).examples, task, model).examples;
  }

  before(async () => {
    // A token a byte, 64 positions.
    model = await loadFrozenModel('test/fixtures/models/llama-tied');
    const real = await model.openScoringSession({ executionProvider: 'cpu', promptLength: 0 });
    session = {
      ...real,
      score: (prompt, requests) => {
        asked.push(...requests);
        return real.score(prompt, requests);
      },
    };
    train = encoded(['aa', 'bb', 'cc', 'dd', 'ee']);
    examples = encoded(['one', 'two', 'three', 'x'.repeat(45), 'y'.repeat(57)]);
  });
  beforeEach(() => {
    asked = [];
  });
  after(async () => {
    await session.release();
  });

  function prompted(shots: number, seed = 0): ReturnType<typeof evaluateTextPrompt> {
    const options = { batchTokens: 1000 };
    const { maxPositions } = model;
    return evaluateTextPrompt({ session, encoder: model, maxPositions, task, examples, train, shots, seed, options });
  }
  function askedTexts(): string[] {
    return asked.map(({ inputIds }) => model.decode(inputIds));
  }

  it('without examples is the bare model on the filled template', async () => {
    const { scores, predictions, name, meanShots } = await prompted(0);
    const bare = { batchTokens: 1000, promptLength: 0 };
    const expected = await evaluate(session, new Float32Array(0), examples, scorableClasses(task, model), bare);
    assert.deepEqual({ scores, predictions }, expected);
    assert.deepEqual([name, meanShots], ['zero-shot', 0]);
  });

  it('lets an example share what it begins with, as long as no demonstration stands in front of it', () => {
    const leads = (shots: number): unknown => {
      const begun = examples.map((example) => ({ ...example, leadTokens: 2 }));
      const { maxPositions } = model;
      const classes = scorableClasses(task, model);
      const prompt = { encoder: model, maxPositions, classes, examples: begun, train, shots, seed: 0 };
      return textPrompted(prompt).examples.map(({ leadTokens }) => leadTokens);
    };
    assert.deepEqual(leads(0), [2, 2, 2, 2, 2]);
    // The last one leaves no room for any.
    assert.deepEqual(leads(1), [0, 0, 0, 0, 2]);
  });

  it('puts solved examples of the training part in front, drawn anew for each input', async () => {
    const { name } = await prompted(2);
    assert.equal(name, '2-shot');
    const short = askedTexts().filter((text) => /(one|two|three):$/.test(text));
    assert.equal(short.length, 3);
    for (const text of short) assert.match(text, /^([a-e]{2}: (no|yes)\n\n){2}(one|two|three):$/);
    const demonstrations = short.map((text) => text.slice(0, -6));
    assert.ok(new Set(demonstrations).size > 1);
    const shown = short.flatMap((text) => text.match(/[a-e]{2}: (no|yes)/g)!);
    const right = new Map(train.map(({ input, target }) => [input, target]));
    for (const each of shown) assert.equal(each.slice(4), right.get(each.slice(0, 3)));
  });

  it('leaves out demonstrations that the model has no room for, and tells how many there were', async () => {
    const { meanShots } = await prompted(2);
    for (const { inputIds, targets } of asked) {
      for (const target of targets) assert.ok(inputIds.length + target.length <= model.maxPositions);
    }
    assert.ok(
      askedTexts().some((text) => new RegExp(`^[a-e]{2}: (no|yes)\n\n${'x'.repeat(45)}:$`).test(text)),
      askedTexts().join('|'),
    );
    assert.ok(askedTexts().includes(`${'y'.repeat(57)}:`));
    assert.equal(meanShots, (2 + 2 + 2 + 1 + 0) / 5);
  });

  it('is the same for the same seed and another one for another', async () => {
    const first = await prompted(3, 1);
    const texts = askedTexts();
    asked = [];
    assert.deepEqual(await prompted(3, 1), first);
    assert.deepEqual(askedTexts(), texts);
    asked = [];
    await prompted(3, 2);
    assert.notDeepEqual(askedTexts(), texts);
  });

  it('has no more demonstrations than there are training examples', async () => {
    const { meanShots } = await prompted(50);
    assert.ok(meanShots <= train.length);
  });
});
