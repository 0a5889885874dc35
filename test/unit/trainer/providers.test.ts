import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import type { ProviderChoice } from '../../../extension/protocol/run';
import type { ExecutionProvider, Precision } from '../../../extension/protocol/experiment';
import { startTrainer } from '../../../extension/trainer/client';
import { bundledModel, cliEntry, tinyExperiment, trainerEntry } from './tinyExperiment';

/** The software Vulkan device that Debian's Chromium carries. */
const swiftShader = '/usr/lib/chromium/vk_swiftshader_icd.json';

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
  before(() => assert.ok(existsSync(swiftShader), 'Debian package chromium is missing; run npm test'));

  it('auto never takes a software adapter, and says that this is why', async () => {
    const choice = await probe('auto', { VK_ICD_FILENAMES: swiftShader, VK_DRIVER_FILES: swiftShader });
    assert.notEqual(choice.used, 'webgpu');
    const webgpu = choice.rejected.find(({ provider }) => provider === 'webgpu');
    assert.match(webgpu?.reason ?? '', /SwiftShader, which computes on the CPU/);
  });

  it('takes the software adapter when asked for WebGPU by name, and names the device', async () => {
    const choice = await probe('webgpu', { VK_ICD_FILENAMES: swiftShader, VK_DRIVER_FILES: swiftShader });
    assert.deepEqual(choice, { used: 'webgpu', device: 'SwiftShader', rejected: [] });
  });

  it('refuses float16 on an adapter without 16-bit floats, and says what to leave out', async () => {
    const software = { VK_ICD_FILENAMES: swiftShader, VK_DRIVER_FILES: swiftShader };
    await assert.rejects(probe('webgpu', software, 'float16'), /no 16-bit floats .*"precision": "float16"/);
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

  it('tunes on WebGPU to nearly the numbers of the CPU', async () => {
    const losses: number[] = [];
    for (const executionProvider of ['cpu', 'webgpu'] as const) {
      const tiny = await tinyExperiment({ steps: 3 }, { executionProvider });
      try {
        const { record } = await startTrainer(
          { kind: 'tune', experimentFile: tiny.file, runsFolder: tiny.runsFolder, executionProvider },
          { entry: trainerEntry, bundledModel, env: { VK_ICD_FILENAMES: swiftShader, VK_DRIVER_FILES: swiftShader } },
        ).result;
        assert.equal(record.provider?.used, executionProvider);
        losses.push(record.test!['loss']!);
      } finally {
        await tiny.remove();
      }
    }
    assert.ok(Math.abs(losses[0]! - losses[1]!) < 1e-3 * losses[0]!, losses.join(' against '));
  });
});
