import * as assert from 'node:assert/strict';
import { readAdapter } from '../../../extension/engine/prompts/adapter';
import { checkpointFiles, readCheckpoint } from '../../../extension/engine/tuning/checkpoint';
import { createOptimizer } from '../../../extension/engine/tuning/optimizers/table';
import { type TuningState, freshState } from '../../../extension/engine/tuning/tuningState';

const model = { kind: 'causal', width: 16, layers: 3, heads: 4, nameOrPath: 'models/tiny' } as const;

function stateAfterThreeSteps(): TuningState {
  const prompt = Float32Array.from({ length: 5 * 16 }, (_, index) => Math.sin(index));
  const optimizer = createOptimizer({ name: 'adamw', learningRate: 0.1 }, { length: 5, width: 16 });
  for (let step = 0; step < 3; step++) optimizer.step(prompt, prompt.map(Math.cos), 0.1);
  return {
    step: 3,
    prompt,
    optimizer: optimizer.state(),
    data: 'f00d',
    best: { step: 2, scores: { accuracy: 1 / 3, loss: 0.1 + 0.2 } },
    lastEvaluation: { step: 3, scores: { accuracy: 0.2 } },
    evaluationsSinceBest: 1,
    seconds: 12.345678901234567,
  };
}

describe('a checkpoint', () => {
  it('gives back the state bit for bit', () => {
    const state = stateAfterThreeSteps();
    assert.deepEqual(readCheckpoint(checkpointFiles(state, model), 'checkpoint'), state);
    const fresh = freshState(state.prompt);
    assert.deepEqual(readCheckpoint(checkpointFiles(fresh, model), 'checkpoint'), fresh);
  });

  it('of the same state has the same bytes', () => {
    assert.deepEqual(checkpointFiles(stateAfterThreeSteps(), model), checkpointFiles(stateAfterThreeSteps(), model));
  });

  it('is an adapter that needs none of the files beside it', () => {
    const state = stateAfterThreeSteps();
    const files = checkpointFiles(state, model, { initialiser: 'class-labels' });
    const { 'adapter_config.json': config, 'adapter_model.safetensors': weights, ...beside } = files;
    assert.deepEqual(Object.keys(beside), ['optimizer.safetensors', 'studio.json']);
    const adapter = readAdapter({ 'adapter_config.json': config!, 'adapter_model.safetensors': weights! }, 'adapter');
    assert.deepEqual(adapter.prompt, state.prompt);
  });

  it('that is damaged or of a later version is refused with the file', () => {
    const files = checkpointFiles(stateAfterThreeSteps(), model);
    for (const name of ['adapter_model.safetensors', 'optimizer.safetensors']) {
      const damaged = Uint8Array.from(files[name]!);
      damaged[damaged.length - 1]! ^= 1;
      assert.throws(() => readCheckpoint({ ...files, [name]: damaged }, 'c'), new RegExp(`^Error: c/${name}: damaged`));
      const { [name]: _gone, ...rest } = files;
      assert.ok(_gone);
      assert.throws(() => readCheckpoint(rest, 'c'), new RegExp(`c: there is no ${name}`));
    }
    const later = { ...files, 'studio.json': Buffer.from('{"format":2}') };
    assert.throws(() => readCheckpoint(later, 'c'), /c\/studio\.json: format 2 is not one this version can read/);
    assert.throws(() => readCheckpoint({ ...files, 'studio.json': Buffer.from('nul') }, 'c'), /studio\.json: not JSON/);
  });
});
