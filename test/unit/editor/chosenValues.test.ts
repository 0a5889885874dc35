import assert from 'node:assert/strict';
import { ChosenValues } from '../../../extension/editor/platform/chosenValues';

/** Values that start with different letters do not go together. */
const sameLetter = (value: string, [first]: readonly string[]): string | undefined =>
  first === undefined || first[0] === value[0] ? undefined : `not of ${first[0]}`;

describe('values chosen with checkboxes', () => {
  it('keep the order in which they were ticked, whatever the order of the list', () => {
    const chosen = new ChosenValues<string>([]);
    chosen.tick(['b']);
    chosen.tick(['a', 'b']);
    assert.deepEqual(chosen.values, ['b', 'a']);
  });

  it('take a second value that fits, and refuse one that does not with the reason', () => {
    const chosen = new ChosenValues<string>([], sameLetter);
    assert.deepEqual(chosen.tick(['a1']), []);
    assert.deepEqual(chosen.tick(['a1', 'b1']), [{ value: 'b1', reason: 'not of a' }]);
    assert.deepEqual(chosen.tick(['a1', 'a2']), []);
    assert.deepEqual(chosen.values, ['a1', 'a2']);
  });

  it('keep the fitting values where a tick arrives before the checkbox of a refused one is cleared', () => {
    const chosen = new ChosenValues<string>([], sameLetter);
    chosen.tick(['a1']);
    chosen.tick(['b1', 'a1']);
    assert.deepEqual(chosen.tick(['b1', 'a2', 'a1']), [{ value: 'b1', reason: 'not of a' }]);
    assert.deepEqual(chosen.values, ['a1', 'a2']);
  });

  it('take the first that fits itself where all are ticked at once', () => {
    const chosen = new ChosenValues<string>([], sameLetter);
    const refused = chosen.tick(['a1', 'b1', 'a2', 'b2']);
    assert.deepEqual(chosen.values, ['a1', 'a2']);
    assert.deepEqual(
      refused.map(({ value }) => value),
      ['b1', 'b2'],
    );
  });

  it('leave the choice to the others once those that they did not fit are cleared', () => {
    const chosen = new ChosenValues<string>(['a1'], sameLetter);
    chosen.tick([]);
    assert.deepEqual(chosen.tick(['b1', 'b2']), []);
    assert.deepEqual(chosen.values, ['b1', 'b2']);
  });
});
