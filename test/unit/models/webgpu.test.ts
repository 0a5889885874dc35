import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadFrozenModel } from '../../../extension/engine/models/loadFrozenModel';
import { largestDifference, modelFixtures, readExpected } from './modelFixtures';

/** Debian's Chromium brings a software Vulkan device, so that the provider runs on any machine. */
const softwareVulkan = '/usr/lib/chromium/vk_swiftshader_icd.json';

/** Every shader is compiled anew for every session, in software: as few models as use every operator and storage. */
const modelNames = ['llama-untied', 'llama-bf16', 'gemma2', 'gpt2', 't5-v1.0', 't5-v1.1'];
const scoredNames = ['llama-untied', 't5-v1.1'];

interface Computed {
  readonly loss: number;
  readonly gradient: number[];
  readonly logProbabilities?: number[];
}

/** Loss, prompt gradient and scores on WebGPU. */
async function computeAll(): Promise<Record<string, Computed>> {
  const computed: Record<string, Computed> = {};
  for (const name of modelNames) {
    const model = await loadFrozenModel(join(modelFixtures, name));
    const { examples, prompt, promptLength, scoring } = await readExpected(name);
    const options = { executionProvider: 'webgpu', promptLength } as const;
    const training = await model.openTrainingSession(options);
    const tokens = examples.reduce((sum, { targetIds }) => sum + targetIds.length, 0);
    const { loss, gradient } = await training.lossAndGradient(prompt, examples, tokens);
    await training.release();
    if (!scoredNames.includes(name)) {
      computed[name] = { loss, gradient: Array.from(gradient) };
      continue;
    }
    const scoringSession = await model.openScoringSession(options);
    const scores = await scoringSession.score(prompt, scoring[0]!.requests);
    await scoringSession.release();
    const logProbabilities = scores.flat().map(({ logProbability }) => logProbability);
    computed[name] = { loss, gradient: Array.from(gradient), logProbabilities };
  }
  return computed;
}

// A native crash of a graphics driver must not take the test runner along: this file is its own child.
if (process.argv[2] === 'webgpu-child')
  void computeAll().then(
    (computed) => process.send!({ computed }, () => process.disconnect()),
    (error: unknown) => process.send!({ error: String(error) }, () => process.disconnect()),
  );
else
  describe('frozen models on WebGPU', function () {
    this.timeout(600_000);
    let computed: Record<string, Computed>;
    before(async () => {
      computed = await computeInChild();
    });

    for (const name of modelNames) {
      it(`${name}: loss and prompt gradient${scoredNames.includes(name) ? ' and scores' : ''} are those of torch within 1e-4`, async () => {
        const { loss, gradient, scoring } = await readExpected(name);
        const actual = computed[name]!;
        assert.ok(Math.abs(actual.loss - loss) <= 1e-4, `${actual.loss} against ${loss}`);
        assert.ok(largestDifference(actual.gradient, gradient) <= 1e-4);
        if (actual.logProbabilities === undefined) return;
        const expected = scoring[0]!.scores.flat().map(({ logProbability }) => logProbability);
        assert.ok(largestDifference(actual.logProbabilities, expected) <= 1e-4);
      });
    }
  });

function computeInChild(): Promise<Record<string, Computed>> {
  const env = existsSync(softwareVulkan) ? { ...process.env, VK_ICD_FILENAMES: softwareVulkan } : process.env;
  const child = fork(__filename, ['webgpu-child'], { env, execArgv: [], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  let stderr = '';
  child.stderr!.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on('message', (message: { readonly computed?: Record<string, Computed>; readonly error?: string }) => {
      if (message.computed !== undefined) resolve(message.computed);
      else
        reject(
          new Error(`WebGPU: ${String(message.error)}\nIs a Vulkan device there? apt-get install chromium libvulkan1`),
        );
    });
    child.on('error', reject);
    child.on('exit', (code, signal) => reject(new Error(`the child ended (${String(code ?? signal)}): ${stderr}`)));
  });
}
