import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gradient } from '../../../extension/engine/gradients/gradient';
import { writeModel } from '../../../extension/engine/graph/emission/writeModel';
import { openSession } from '../../../extension/engine/graph/session';
import { openModelFolder } from '../../../extension/engine/models/loadFrozenModel';
import { lossFeeds, lossGraph } from '../../../extension/engine/models/lossGraph';
import { modelFixtures, readExpected } from './modelFixtures';

/** Debian's Chromium brings a software Vulkan device, so that the provider runs on any machine. */
const softwareVulkan = '/usr/lib/chromium/vk_swiftshader_icd.json';
const modelNames = ['llama-untied', 'gpt2', 't5-v1.1'];

/** A node of one run as onnxruntime's profile has it. */
interface RanNode {
  readonly operator: string;
  readonly provider: string;
  /** Its outputs: element type -> shape. */
  readonly outputs: readonly Readonly<Record<string, readonly number[]>>[];
}
interface TraceEvent {
  readonly cat: string;
  readonly name: string;
  readonly args?: {
    readonly op_name?: string;
    readonly provider?: string;
    readonly output_type_shape?: RanNode['outputs'];
  };
}

/** What ran, and where, in one step on WebGPU. */
async function profileStep(name: string): Promise<RanNode[]> {
  const { network } = await openModelFolder(join(modelFixtures, name));
  const { examples, prompt, promptLength } = await readExpected(name);
  const graph = lossGraph(network, promptLength);
  const outputs = { loss: graph.loss, promptGradient: gradient(graph.loss, [graph.prompt])[0]! };
  const folder = await mkdtemp(join(tmpdir(), 'profile-'));
  const target = { executionProvider: 'webgpu', precision: 'float32' } as const;
  const session = await openSession(writeModel(outputs, target), { profilePrefix: join(folder, 'step') });
  await session.run(lossFeeds(network, prompt, examples, 1));
  session.endProfile();
  await session.release();
  const [file] = await readdir(folder);
  const events = JSON.parse(await readFile(join(folder, file!), 'utf8')) as TraceEvent[];
  await rm(folder, { recursive: true });
  return events
    .filter(({ cat, name: event }) => cat === 'Node' && event.endsWith('_kernel_time'))
    .map(({ args }) => ({
      operator: args?.op_name ?? '',
      provider: args?.provider ?? '',
      outputs: args?.output_type_shape ?? [],
    }));
}

async function profileAll(): Promise<Record<string, RanNode[]>> {
  const nodes: Record<string, RanNode[]> = {};
  for (const name of modelNames) nodes[name] = await profileStep(name);
  return nodes;
}

// A native crash of a graphics driver must not take the test runner along: this file is its own child.
if (process.argv[2] === 'webgpu-child')
  void profileAll().then(
    (nodes) => process.send!({ nodes }, () => process.disconnect()),
    (error: unknown) => process.send!({ error: String(error) }, () => process.disconnect()),
  );
else
  describe('a step on WebGPU', function () {
    this.timeout(600_000);
    let nodes: Record<string, RanNode[]>;
    before(async () => {
      nodes = await profilesOfChild();
    });

    for (const name of modelNames) {
      it(`${name}: runs on the device; on the CPU there are only sizes and positions`, () => {
        const ran = nodes[name]!;
        const onDevice = ran.filter(({ provider }) => provider === 'WebGpuExecutionProvider');
        assert.ok(onDevice.length > 0.8 * ran.length, `${onDevice.length} of ${ran.length} nodes`);
        const others = ran.filter((each) => each.provider !== 'WebGpuExecutionProvider' && !isCopy(each));
        const moving = others.filter(({ outputs }) => outputs.some((each) => !isWhole(each)));
        assert.deepEqual(moving, []);
      });

      it(`${name}: fetches nothing from the device but its outputs`, () => {
        assert.deepEqual(
          nodes[name]!.filter(({ operator }) => operator === 'MemcpyToHost'),
          [],
        );
      });
    }
  });

function isCopy({ operator }: RanNode): boolean {
  return operator === 'MemcpyFromHost' || operator === 'MemcpyToHost';
}

/** Sizes of tensors and positions in them, which are fed as they are; activations and gradients are floats. */
function isWhole(output: Readonly<Record<string, readonly number[]>>): boolean {
  return Object.keys(output).every((type) => type === 'int64');
}

function profilesOfChild(): Promise<Record<string, RanNode[]>> {
  const env = existsSync(softwareVulkan) ? { ...process.env, VK_ICD_FILENAMES: softwareVulkan } : process.env;
  const child = fork(__filename, ['webgpu-child'], { env, execArgv: [], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  let stderr = '';
  child.stderr!.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on('message', (message: { readonly nodes?: Record<string, RanNode[]>; readonly error?: string }) => {
      if (message.nodes !== undefined) resolve(message.nodes);
      else reject(new Error(`WebGPU: ${String(message.error)}`));
    });
    child.on('error', reject);
    child.on('exit', (code, signal) => reject(new Error(`the child ended (${String(code ?? signal)}): ${stderr}`)));
  });
}
