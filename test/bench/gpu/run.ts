import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { machine } from '../machine';
import { markdownTable, median } from '../measurement';
import { modelFolder } from '../models/modelFolder';
import { shapes } from '../models/shapes';
import { type Side, startSide } from '../peft/compare';
import { type Workload, tokenIds } from '../peft/workloads';
import { nominalFlops } from './nominalFlops';
import { tinyWorkloads, workloads } from './workloads';

/**
 * The same steps of prompt tuning on a GPU by us (WebGPU, CUDA) and by torch (eager and compiled, float32 and bfloat16), each in a process
 * of its own: `npm run bench:gpu -- --python PATH [--steps N] [--tiny] [--providers webgpu,cuda]`. Prints a table and keeps it as JSON.
 */
const { values: options } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    steps: { type: 'string', default: '20' },
    providers: { type: 'string', default: 'webgpu,cuda' },
    tiny: { type: 'boolean', default: false },
  },
});
const torchSide = 'test/bench/gpu/torch_side.py';
/** In the first steps shaders are compiled. */
const warmUp = 3;

/** A way of computing a step, and the torch type whose product is its peak. */
interface Way {
  readonly name: string;
  readonly peak: 'float32' | 'bfloat16';
  readonly start: (workload: Workload, folder: string) => Promise<Side>;
}
interface Row {
  readonly model: string;
  readonly side: string;
  readonly stepsPerSecond?: number;
  readonly tokensPerSecond?: number;
  /** What the products of a step take, against one large product of torch in the same precision. */
  readonly peakShare?: number;
  /** Of the first step, before the prompt has moved: the same for all. */
  readonly loss?: number;
  readonly device?: string | undefined;
  /** Why there is no number. */
  readonly problem?: string;
}

/** Float32 with matrices in float16, which is the default, and with matrices in float32; and all in float16. */
const ours = [
  { name: 'float32, matrices float16', session: { weights: 'float16' }, peak: 'float32' },
  { name: 'float32', session: {}, peak: 'float32' },
  { name: 'float16', session: { precision: 'float16' }, peak: 'bfloat16' },
] as const;

function ways(): Way[] {
  const own = options.providers.split(',').flatMap((executionProvider) =>
    ours.map(({ name, session, peak }): Way => {
      const start: Way['start'] = (workload, folder) => {
        // The whole batch in one pass.
        const words = [folder, JSON.stringify({ ...workload, microBatchTokens: 1e6 })];
        const given = JSON.stringify({ executionProvider, ...session });
        return startSide(process.execPath, ['out/bench/peft/tunedStep.mjs', ...words, given]);
      };
      return { name: `${executionProvider}, ${name}`, peak, start };
    }),
  );
  const theirs = (['float32', 'bfloat16'] as const).flatMap((peak) =>
    ['eager', 'compiled'].map((mode): Way => {
      const start: Way['start'] = (workload, folder) => {
        const ids = tokenIds(workload, shapes[workload.model].vocab_size);
        const words = [folder, JSON.stringify({ ...workload, ids }), peak, mode];
        return startSide(options.python, [torchSide, 'step', ...words]);
      };
      return { name: `torch, ${mode}, ${peak}`, peak, start };
    }),
  );
  return [...own, ...theirs];
}

async function measured(workload: Workload, way: Way, peaks: Readonly<Record<string, number>>): Promise<Row> {
  const { model, batch, tokens, promptLength } = workload;
  const row = { model, side: way.name };
  process.stderr.write(`${model}, ${way.name}\n`);
  try {
    const folder = modelFolder(model, 'F16');
    const side = await way.start(workload, folder);
    const seconds: number[] = [];
    let loss: number | undefined;
    for (let step = 0; step < warmUp + Number(options.steps); step++) {
      const done = await side.step();
      loss ??= done.loss;
      if (step >= warmUp) seconds.push(done.seconds);
    }
    await side.end();
    const each = median(seconds);
    const flops = side.flops ?? (await nominalFlops(folder, workload));
    const rates = { stepsPerSecond: 1 / each, tokensPerSecond: (batch * (promptLength + tokens)) / each };
    return { ...row, ...rates, peakShare: flops / each / peaks[way.peak]!, loss: loss!, device: side.device };
  } catch (error) {
    const lines = (error as Error).message.trim().split('\n');
    const problem = lines.findLast((line) => line.includes('Error')) ?? lines.at(-1)!;
    return { ...row, problem: problem.slice(0, 200) };
  }
}

async function peakOf(dtype: string): Promise<number> {
  const { stdout } = await promisify(execFile)(options.python, [torchSide, 'peak', dtype]);
  return (JSON.parse(stdout) as { readonly flops: number }).flops;
}

function table(rows: readonly Row[]): string {
  return markdownTable(
    ['model', 'side', 'device', 'steps/s', 'tokens/s', 'share of peak', 'loss'],
    rows.map(({ model, side, device = '', stepsPerSecond, tokensPerSecond, peakShare, loss, problem = '' }) =>
      stepsPerSecond === undefined
        ? [model, side, problem, '', '', '', '']
        : [
            ...[model, side, device, stepsPerSecond.toFixed(2), tokensPerSecond!.toFixed(0)],
            ...[`${(100 * peakShare!).toFixed(1)} %`, loss!.toFixed(5)],
          ],
    ),
  );
}

// On software devices only the tiny models make sense: Mesa's has 16-bit floats, that of Debian's Chromium has not.
const software = ['out/lavapipe/icd.json', '/usr/lib/chromium/vk_swiftshader_icd.json'].find((file) =>
  existsSync(file),
);
if (options.tiny && software !== undefined) process.env['VK_ICD_FILENAMES'] = software;
const peaks: Record<string, number> = {};
for (const dtype of ['float32', 'bfloat16']) peaks[dtype] = await peakOf(dtype);
const rows: Row[] = [];
for (const workload of options.tiny ? tinyWorkloads : workloads)
  for (const way of ways()) rows.push(await measured(workload, way, peaks));
mkdirSync(join('out', 'measured'), { recursive: true });
const file = join('out', 'measured', 'gpu.json');
writeFileSync(file, `${JSON.stringify({ machine: machine(), peaks, rows }, null, 1)}\n`);
process.stdout.write(`${table(rows)}\n\nWritten to ${file}.\n`);
