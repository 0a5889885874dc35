import * as assert from 'node:assert/strict';
import { TaskError } from '../../../extension/engine/tasks/task';
import { parseTemplate, render } from '../../../extension/engine/tasks/template';

describe('a template', () => {
  it('puts the columns in their places', () => {
    const template = parseTemplate('premise: {premise} hypothesis: { the hypothesis } ({premise})');
    assert.deepEqual(template.columns, ['premise', 'the hypothesis']);
    assert.equal(render(template, { premise: 'A', 'the hypothesis': 'B' }), 'premise: A hypothesis: B (A)');
  });

  it('writes doubled braces as single ones, also around a placeholder', () => {
    assert.equal(render(parseTemplate('{{{text}}} {{literal}} }}{{'), { text: 'x' }), '{x} {literal} }{');
  });

  it('never reads a column text as a template', () => {
    assert.equal(render(parseTemplate('{text}!'), { text: '{label} {{ $&' }), '{label} {{ $&!');
  });

  it('ends without spaces, since the target brings its own', () => {
    assert.equal(render(parseTemplate('{text} label: \n'), { text: 'x' }), 'x label:');
  });

  it('with an open brace, a stray one, no column or no placeholder is refused with what to write', () => {
    const refused: [string, RegExp][] = [
      ['review: {text', /a \{ without its \} at character 9; write \{\{/],
      ['review: {a{b}', /a \{ without its \} at character 9/],
      ['review: text}', /a \} without its \{ at character 13; write \}\}/],
      ['review: { }', /a placeholder without a column at character 9/],
      ['review:', /no placeholder/],
    ];
    for (const [text, message] of refused) {
      assert.throws(
        () => parseTemplate(text),
        (error) => error instanceof TaskError && message.test(error.message),
      );
    }
  });
});
