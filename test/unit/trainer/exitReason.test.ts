import assert from 'node:assert/strict';
import { exitReason } from '../../../extension/trainer/exitReason';

describe('why a trainer ended', () => {
  it('says killed from outside for a SIGKILL nobody here sent', () => {
    const reason = exitReason(null, 'SIGKILL', '');
    assert.equal(reason.code, 'killed');
    assert.match(reason.message, /killed from outside.*can be resumed/);
  });

  it('recognises memory exhaustion by what native code and V8 print', () => {
    for (const output of [
      "terminate called after throwing an instance of 'std::bad_alloc'",
      'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
      'bfc_arena.cc:376 Failed to allocate memory for requested buffer of size 123',
    ]) {
      assert.equal(exitReason(134, 'SIGABRT', output).code, 'out-of-memory', output);
    }
  });

  it('calls an abort without such output a crash, and names the signal', () => {
    const reason = exitReason(null, 'SIGABRT', 'Napi::Error');
    assert.equal(reason.code, 'crashed');
    assert.match(reason.message, /SIGABRT/);
  });

  it('tells its own kills apart: a stop that took too long, and a hung process', () => {
    assert.match(exitReason(null, 'SIGTERM', '', 'stop').message, /did not finish its step in time/);
    assert.equal(exitReason(null, 'SIGKILL', '', 'hung').code, 'hung');
  });

  it('names the exit code when there was no signal', () => {
    assert.match(exitReason(7, null, '').message, /exit code 7/);
  });
});
