import * as assert from 'node:assert/strict';
import { seededRandom } from '../../../extension/engine/datasets/random';
import type { EncodedTaskExample } from '../../../extension/engine/tasks/encoding';
import { loadFrozenModel } from '../../../extension/engine/models/loadFrozenModel';
import { type Encoder, encodeExamples, tokenReport } from '../../../extension/engine/tasks/encoding';
import { taskExamples } from '../../../extension/engine/tasks/examples';
import type { Task } from '../../../extension/engine/tasks/task';
import { TaskError } from '../../../extension/engine/tasks/task';
import { characters, dataset } from './builders';

const label = { column: 'label', words: { '0': 'no', '1': 'maybe' } };

function encoded(
  rows: Record<string, string>[],
  task: Task,
  positions = Infinity,
  promptLength = 0,
): readonly EncodedTaskExample[] {
  const { examples } = taskExamples(dataset(rows), task);
  return encodeExamples(examples, task, characters, { maxPositions: positions, promptLength }).examples;
}
function text(ids: readonly number[]): string {
  return String.fromCodePoint(...ids);
}

describe('truncation', () => {
  it('does not touch what fits', () => {
    const [example] = encoded([{ text: 'abc', label: '1' }], { template: '{text} is:', label, maxTokens: 7 });
    assert.deepEqual([text(example!.inputIds), example!.truncated, example!.inputTokens], ['abc is:', false, 7]);
  });

  it('takes the end of the text, never the words of the template nor the label', () => {
    const random = seededRandom(5);
    const task: Task = { template: 'review: {text} sentiment:', label };
    const words = ['a', 'good', 'unbelievably', 'film', '😀😀', 'x'.repeat(60)];
    for (let trial = 0; trial < 300; trial++) {
      const long = Array.from({ length: 1 + random.below(60) }, () => words[random.below(words.length)]!).join(' ');
      const maxTokens = 20 + random.below(100);
      const [example] = encoded([{ text: long, label: '1' }], { ...task, maxTokens });
      const input = text(example!.inputIds);
      assert.ok(example!.inputIds.length <= maxTokens);
      assert.equal(text(example!.targetIds), 'maybe');
      assert.equal(input, example!.input);
      const kept = /^review:( .*)? sentiment:$/u.exec(input)?.[1]?.slice(1) ?? '';
      assert.ok(long.startsWith(kept), `"${kept}" is not a beginning of "${long}"`);
      assert.equal(example!.truncated, kept !== long);
      assert.doesNotMatch(kept, /[\uD800-\uDBFF]$/);
    }
  });

  it('keeps as much as fits and ends at a space where one is near', () => {
    const task: Task = { template: '{text}:', label, maxTokens: 13 };
    const inputs = ['good bad good bad', 'goodbadgoodbadgoodbad', 'abcd efghijklmno'].map(
      (each) => encoded([{ text: each, label: '0' }], task)[0]!.input,
    );
    assert.deepEqual(inputs, ['good bad:', 'goodbadgoodb:', 'abcd:']);
  });

  it('takes from the longest column first, and from the others only below its length', () => {
    const task: Task = { template: '{a}|{b}', label };
    const rows = [{ a: 'x'.repeat(100), b: 'y'.repeat(30), label: '0' }];
    assert.equal(encoded(rows, { ...task, maxTokens: 91 })[0]!.input, `${'x'.repeat(60)}|${'y'.repeat(30)}`);
    assert.equal(encoded(rows, { ...task, maxTokens: 41 })[0]!.input, `${'x'.repeat(20)}|${'y'.repeat(20)}`);
  });

  it('leaves room in the model for the soft prompt and for the longest label', () => {
    const rows = [{ text: 'x'.repeat(100), label: '0' }];
    const [example] = encoded(rows, { template: '{text}', label, maxTokens: 64 }, 40, 10);
    assert.equal(example!.inputIds.length, 40 - 10 - 'maybe'.length);
  });

  it('that the template alone would need is refused', () => {
    const rows = [{ text: 'abc', label: '0' }];
    assert.throws(
      () => encoded(rows, { template: 'a long template: {text}', label, maxTokens: 9 }),
      (error) => error instanceof TaskError && /the template takes 16 tokens.*maxTokens 9/.test(error.message),
    );
  });

  it('rejects only the row whose free text leaves no room', () => {
    const task: Task = { template: '{q}:', target: 'a' };
    const { examples } = taskExamples(
      dataset([
        { q: 'why', a: 'so' },
        { q: 'how', a: 'x'.repeat(30) },
      ]),
      task,
    );
    const result = encodeExamples(examples, task, characters, { maxPositions: 20, promptLength: 5 });
    assert.deepEqual(
      result.examples.map((each) => text(each.targetIds)),
      ['so'],
    );
    assert.equal(result.rejected[0]!.row, 2);
    assert.match(
      result.rejected[0]!.reason,
      /the target 30, which leaves no room within the model's 20 positions, 5 of them/,
    );
  });
});

describe('the tail of an input, which stands behind a prompt in the middle,', () => {
  /** Head and tail of each row. */
  function parts(
    rows: Record<string, string>[],
    task: Task,
    encoder: Encoder = characters,
  ): (readonly [string, string])[] {
    const { examples } = taskExamples(dataset(rows), task);
    const room = { maxPositions: Infinity, promptLength: 0, infix: true };
    return encodeExamples(examples, task, encoder, room).examples.map(({ inputIds, tailTokens }) => {
      const head = inputIds.length - tailTokens!;
      return [text(inputIds.slice(0, head)), text(inputIds.slice(head))] as const;
    });
  }

  it('is the template behind its last column', () => {
    const rows = [{ a: 'one', b: 'two', label: '0' }];
    assert.deepEqual(parts(rows, { template: 'x {b} {a} y: ', label }), [['x two one', ' y:']]);
    assert.deepEqual(parts(rows, { template: '{a} and {b}, {a} is:', label }), [['one and two, one', ' is:']]);
    assert.deepEqual(parts(rows, { template: 'x {a}  ', label }), [['x one', '']]);
  });

  it('stays whole where the text is cut', () => {
    const rows = [{ text: 'good bad good bad', label: '0' }];
    assert.deepEqual(parts(rows, { template: '{text} is:', label, maxTokens: 13 }), [['good bad', ' is:']]);
  });

  it('is not asked for where no prompt stands in the middle', () => {
    const [example] = encoded([{ text: 'a', label: '0' }], { template: '{text}:', label });
    assert.equal(example!.tailTokens, undefined);
  });

  it('takes a token that reaches over its border, and what is written otherwise without it', () => {
    // One token for "d." and one for "od", so that "good" is g, o, od alone and g, o, o, d. in front of a full stop.
    const merged = (whole: string): number[] =>
      Array.from(whole.replaceAll('d.', '\u0001').replaceAll('od', '\u0002'), (character) => character.codePointAt(0)!);
    const [example] = parts(
      [{ text: 'good', label: '0' }],
      { template: '{text}.', label },
      { ...characters, encodeInput: merged },
    );
    assert.deepEqual(example, ['go', 'o\u0001']);
  });

  it("has the tokens of the model's own tokenizer for the whole text", async () => {
    const model = await loadFrozenModel('test/fixtures/models/llama-tied');
    const { examples } = taskExamples(dataset([{ text: 'a fine film', label: '0' }]), {
      template: 'review: {text} is it:',
      label,
    });
    const room = { maxPositions: Infinity, promptLength: 0, infix: true };
    const [example] = encodeExamples(examples, { template: 'review: {text} is it:', label }, model, room).examples;
    const { inputIds, tailTokens } = example!;
    assert.deepEqual(inputIds, model.encodeInput('review: a fine film is it:'));
    assert.equal(model.decode(inputIds.slice(-tailTokens!)).trim(), 'is it:');
  });
});

describe('the lead of an input, which all examples begin with,', () => {
  function leads(rows: Record<string, string>[], task: Task, encoder: Encoder = characters): string[] {
    const { examples } = taskExamples(dataset(rows), task);
    return encodeExamples(examples, task, encoder).examples.map(({ inputIds, leadTokens }) =>
      text(inputIds.slice(0, leadTokens)),
    );
  }
  const row = (a: string): Record<string, string> => ({ a, b: 'x', label: '0' });

  it('is the template in front of its first column', () => {
    assert.deepEqual(leads([row('x: y')], { template: 'x: {a} y {b}', label }), ['x: ']);
    assert.deepEqual(leads([row('one')], { template: '{a} y', label }), ['']);
  });

  it('stays where the text is cut', () => {
    assert.deepEqual(leads([row('good bad')], { template: 'is {a}', label, maxTokens: 7 }), ['is ']);
  });

  it("leaves one token that is the row's own", () => {
    assert.deepEqual(leads([row('good bad')], { template: 'ab {a}', label, maxTokens: 2 }), ['a']);
  });

  it('ends where a token reaches over its border', () => {
    const merged = (whole: string): number[] =>
      Array.from(whole.replaceAll(':)', '\u0001'), (character) => character.codePointAt(0)!);
    const encoder = { ...characters, encodeInput: merged };
    assert.deepEqual(leads([row(')'), row('(')], { template: 'a:{a}', label }, encoder), ['a', 'a:']);
  });

  it("is found among the tokens of the model's own tokenizer", async () => {
    const model = await loadFrozenModel('test/fixtures/models/llama-tied');
    const rows = ['a fine film', 'bad'].map((text) => ({ text, label: '0' }));
    const task = { template: 'review: {text} is it:', label };
    for (const { inputIds, leadTokens } of encodeExamples(taskExamples(dataset(rows), task).examples, task, model)
      .examples)
      assert.equal(model.decode(inputIds.slice(0, leadTokens)).trim(), 'review:');
  });
});

describe('the token report', () => {
  it('tells the lengths before truncation and the share that is truncated', () => {
    const rows = [5, 10, 15, 200].map((length) => ({ text: 'x'.repeat(length), label: '0' }));
    const report = tokenReport(encoded(rows, { template: '{text}', label, maxTokens: 100 }));
    assert.deepEqual(report, { tokens: { median: 10, p95: 200, longest: 200 }, truncated: 0.25 });
  });
});
