import * as assert from 'node:assert/strict';
import { writtenClass } from '../../../extension/engine/evaluation/writtenClass';

const classes = ['pos', 'positive', 'not sure'].map((words) => ({ words }));

describe('the class that a text names', () => {
  it('is the whole text of an encoder-decoder', () => {
    assert.equal(writtenClass('positive', classes, 'encoder-decoder'), 'positive');
    assert.equal(writtenClass('positive it is', classes, 'encoder-decoder'), null);
  });
  it('is what the text of a causal model begins with, as whole words', () => {
    assert.equal(writtenClass('positive. Next', classes, 'causal'), 'positive');
    assert.equal(writtenClass('positively', classes, 'causal'), null);
    assert.equal(writtenClass('not sure at all', classes, 'causal'), 'not sure');
    assert.equal(writtenClass('very positive', classes, 'causal'), null);
    assert.equal(writtenClass('so, positive', classes, 'causal'), null);
    assert.equal(writtenClass('', classes, 'causal'), null);
  });
});
