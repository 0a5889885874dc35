import assert from 'node:assert/strict';
import { leadShare } from '../../../extension/engine/tasks/lead';

describe('the share of tokens that stand in leads', () => {
  it('counts all tokens of all examples', () => {
    const examples = [
      { inputIds: [1, 2, 3, 4, 5, 6], leadTokens: 3 },
      { inputIds: [1, 2] },
      { inputIds: [1, 2], leadTokens: 1 },
    ];
    assert.equal(leadShare(examples), 0.4);
    assert.equal(leadShare([]), 0);
    assert.equal(leadShare([{ inputIds: [] }]), 0);
  });
});
