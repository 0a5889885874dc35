import assert from 'node:assert/strict';
import type { ExecutionProvider } from '../../../extension/engine/graph/emission/target';
import { writeModel } from '../../../extension/engine/graph/emission/writeModel';
import { openSession } from '../../../extension/engine/graph/session';
import { answerOfChild, answersAsChild } from '../graphicsChild';
import { cases } from './cases';
import { lossAndGradients, relativeError } from './differences';
import { twoBlocks } from './twoBlocks';

/** Every case's loss and gradients in one model, and a small language model's. */
async function results(executionProvider: ExecutionProvider): Promise<Record<string, number[]>> {
  const all = [...Object.entries(cases), ['two blocks', twoBlocks] as const].map(([name, each]) =>
    lossAndGradients(each, `${name}: `),
  );
  const outputs = Object.assign({}, ...all.map((each) => each.outputs)) as (typeof all)[0]['outputs'];
  const feeds = Object.assign({}, ...all.map((each) => each.feeds)) as (typeof all)[0]['feeds'];
  const session = await openSession(writeModel(outputs, { executionProvider, precision: 'float32' }));
  const used = Object.fromEntries(session.inputs.map(({ name }) => [name, feeds[name]!]));
  const tensors = await session.run(used);
  await session.release();
  return Object.fromEntries(Object.entries(tensors).map(([name, { data }]) => [name, Array.from(data, Number)]));
}

if (!answersAsChild(() => results('webgpu')))
  describe('gradients on WebGPU', function () {
    this.timeout(300_000);

    it('equal those of the CPU within 1e-4, for every rule and a small language model', async () => {
      const [cpu, gpu] = [await results('cpu'), await answerOfChild<Record<string, number[]>>('swiftShader')];
      assert.deepEqual(Object.keys(gpu), Object.keys(cpu));
      const errors = Object.entries(cpu).map(
        ([name, expected]) => [name, relativeError(gpu[name]!, expected)] as const,
      );
      assert.deepEqual(
        errors.filter(([, error]) => !(error <= 1e-4)),
        [],
      );
    });
  });
