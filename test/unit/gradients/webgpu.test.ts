import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { ExecutionProvider } from '../../../extension/engine/graph/emission/target';
import { writeModel } from '../../../extension/engine/graph/emission/writeModel';
import { openSession } from '../../../extension/engine/graph/session';
import { cases } from './cases';
import { lossAndGradients, relativeError } from './differences';
import { twoBlocks } from './twoBlocks';

/** Debian's Chromium brings a software Vulkan device, so that the provider runs on any machine. */
const softwareVulkan = '/usr/lib/chromium/vk_swiftshader_icd.json';

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

// A native crash of a graphics driver must not take the test runner along: this file is its own child.
if (process.argv[2] === 'webgpu-child')
  void results('webgpu').then(
    (tensors) => process.send!({ tensors }, () => process.disconnect()),
    (error: unknown) => process.send!({ error: String(error) }, () => process.disconnect()),
  );
else
  describe('gradients on WebGPU', function () {
    this.timeout(300_000);

    it('equal those of the CPU within 1e-4, for every rule and a small language model', async () => {
      const [cpu, gpu] = [await results('cpu'), await resultsInChild()];
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

function resultsInChild(): Promise<Record<string, number[]>> {
  const env = existsSync(softwareVulkan) ? { ...process.env, VK_ICD_FILENAMES: softwareVulkan } : process.env;
  const child = fork(__filename, ['webgpu-child'], { env, execArgv: [], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  let stderr = '';
  child.stderr!.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on('message', (message: { readonly tensors?: Record<string, number[]>; readonly error?: string }) => {
      if (message.tensors !== undefined) resolve(message.tensors);
      else
        reject(
          new Error(`WebGPU: ${String(message.error)}\nIs a Vulkan device there? apt-get install chromium libvulkan1`),
        );
    });
    child.on('error', reject);
    child.on('exit', (code, signal) => reject(new Error(`The child ended (${String(code ?? signal)}): ${stderr}`)));
  });
}
