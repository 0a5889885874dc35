import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { ProviderChoice } from '../../../extension/protocol/run';
import type { ExecutionProvider, Precision } from '../../../extension/protocol/experiment';
import { startTrainer } from '../../../extension/trainer/client';
import { logPath } from '../../../extension/runs/runFolder';
import { deviceVariables } from '../graphicsChild';
import { bundledModel, cliEntry, tinyExperiment, trainerEntry } from './tinyExperiment';

const swiftShader = deviceVariables('swiftShader');
const lavapipe = deviceVariables('lavapipe');

function probe(
  executionProvider: ExecutionProvider,
  env: Record<string, string> = {},
  precision: Precision = 'float32',
): Promise<ProviderChoice> {
  return startTrainer(
    { kind: 'probe-providers', executionProvider, precision },
    { entry: trainerEntry, bundledModel, env },
  ).result;
}

describe('choosing the execution provider', () => {
  before(() => {
    for (const device of [swiftShader, lavapipe])
      assert.notDeepEqual(device, {}, 'a software Vulkan device is missing; npm run setup');
  });

  it('auto never takes a software adapter, and says that this is why', async () => {
    const choice = await probe('auto', swiftShader);
    assert.notEqual(choice.used, 'webgpu');
    const webgpu = choice.rejected.find(({ provider }) => provider === 'webgpu');
    assert.match(webgpu?.reason ?? '', /SwiftShader, which computes on the CPU/);
  });

  it('takes the software adapter when asked for WebGPU by name, and names the device', async () => {
    const choice = await probe('webgpu', swiftShader);
    assert.deepEqual(choice, { used: 'webgpu', device: 'SwiftShader', float16: false, rejected: [] });
  });

  it('finds out that an adapter has 16-bit floats', async () => {
    const choice = await probe('webgpu', lavapipe);
    assert.deepEqual(choice, { used: 'webgpu', device: 'lavapipe', float16: true, rejected: [] });
  });

  it('refuses float16 on an adapter without 16-bit floats, and says what to leave out', async () => {
    await assert.rejects(probe('webgpu', swiftShader, 'float16'), /no 16-bit floats .*"precision": "float16"/);
  });

  it('gives a reason in words for each provider that it did not take', async () => {
    const choice = await probe('auto', { VK_ICD_FILENAMES: '/nonexistent.json', VK_DRIVER_FILES: '/nonexistent.json' });
    assert.equal(choice.used, 'cpu');
    assert.deepEqual(
      choice.rejected.map(({ provider }) => provider),
      ['cuda', 'webgpu'],
    );
    for (const { reason } of choice.rejected) assert.doesNotMatch(reason, /onnxruntime_src|::|\.cc/);
  });

  it('lets no driver print into the output of the command line', async () => {
    const tiny = await tinyExperiment({ steps: 1 }, { executionProvider: 'auto' });
    try {
      const child = spawn(process.execPath, [cliEntry, 'tune', tiny.file], { stdio: ['ignore', 'pipe', 'pipe'] });
      const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
      assert.match(out, /run +.*\.prompt-runs/);
      assert.doesNotMatch(err, /XDG_RUNTIME_DIR|vulkan|dawn/i);
    } finally {
      await tiny.remove();
    }
  });

  it('tunes in float16 to nearly the numbers of float32', async () => {
    const losses: number[] = [];
    for (const precision of ['float32', 'float16'] as const) {
      const tiny = await tinyExperiment({ steps: 3 }, { executionProvider: 'cpu', precision });
      try {
        const { record } = await startTrainer(
          { kind: 'tune', experimentFile: tiny.file, runsFolder: tiny.runsFolder, executionProvider: 'cpu' },
          { entry: trainerEntry, bundledModel },
        ).result;
        assert.equal(record.experiment?.precision, precision);
        losses.push(record.test!['loss']!);
      } finally {
        await tiny.remove();
      }
    }
    assert.notEqual(losses[0], losses[1]);
    assert.ok(Math.abs(losses[0]! - losses[1]!) < 0.01 * losses[0]!, losses.join(' against '));
  });

  it('tunes on WebGPU to nearly the numbers of the CPU, and says how the frozen matrices are held', async () => {
    const cpu = await tuned('cpu', {});
    const wide = await tuned('webgpu', swiftShader);
    const half = await tuned('webgpu', lavapipe);
    assert.match(wide.log, /the GPU has no 16-bit floats: frozen matrices take four bytes/);
    assert.match(half.log, /the frozen matrices are held in float16 on the device/);
    for (const { loss } of [wide, half])
      assert.ok(Math.abs(loss - cpu.loss) < 1e-3 * cpu.loss, `${loss} against ${cpu.loss}`);
    assert.notEqual(wide.loss, half.loss);
  });

  it('holds the frozen matrices in float32 where the experiment wants them as they are stored', async () => {
    const { log, loss } = await tuned('webgpu', lavapipe, { frozenWeights: 'stored' });
    assert.doesNotMatch(log, /float16|16-bit/);
    const cpu = await tuned('cpu', {});
    assert.ok(Math.abs(loss - cpu.loss) < 1e-5 * cpu.loss, `${loss} against ${cpu.loss}`);
  });
});

/** Loss on the test part after three steps, and what the run's log says. */
async function tuned(
  executionProvider: 'cpu' | 'webgpu',
  env: Record<string, string>,
  changes: Readonly<Record<string, unknown>> = {},
): Promise<{ readonly loss: number; readonly log: string }> {
  const tiny = await tinyExperiment({ steps: 3 }, { executionProvider, ...changes });
  try {
    const { record, folder } = await startTrainer(
      { kind: 'tune', experimentFile: tiny.file, runsFolder: tiny.runsFolder, executionProvider },
      { entry: trainerEntry, bundledModel, env },
    ).result;
    assert.equal(record.provider?.used, executionProvider);
    return { loss: record.test!['loss']!, log: await readFile(logPath(folder), 'utf8') };
  } finally {
    await tiny.remove();
  }
}
