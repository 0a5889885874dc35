import assert from 'node:assert/strict';
import { cutText } from '../../../webview/components/cutText';

describe('cutting the text of a cell', () => {
  it('is left out where the text is sure to fit', () => {
    assert.equal(cutText('300 / 300', 8.6), '');
    assert.equal(cutText('', 3), '');
  });
  it('is done where it may be too long: for its letters, for wider signs, for what stands beside it', () => {
    assert.equal(cutText('a run with a name that says everything', 15), 'cut');
    assert.equal(cutText('nine bits', 8.6), '');
    assert.equal(cutText('好评如潮的餐厅', 8.6), 'cut');
    assert.equal(cutText('nine bits', 8.6, 1.7), 'cut');
  });
});
