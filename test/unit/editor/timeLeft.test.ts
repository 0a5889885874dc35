import assert from 'node:assert/strict';
import { secondsLeft } from '../../../extension/editor/training/timeLeft';

describe('the time left', () => {
  it('goes by the mean pace since the start of this process', () => {
    assert.equal(secondsLeft({ step: 100, at: 0 }, { step: 110, at: 5000 }, 130), 10);
  });
  it('is unknown before there is a pace', () => {
    assert.equal(secondsLeft({ step: 5, at: 0 }, { step: 5, at: 1000 }, 10), undefined);
  });
  it('is never less than nothing', () => {
    assert.equal(secondsLeft({ step: 0, at: 0 }, { step: 12, at: 1000 }, 10), 0);
  });
});
