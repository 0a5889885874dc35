import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { arch, cpus, platform } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { tinyWorkloads, workloads, type Workload } from './workloads';

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
const folder = join('out', 'bench-models');

interface Timed {
  readonly seconds: readonly number[];
  /** Of the first step, before the prompt has moved: the same for all. */
  readonly loss: number;
  readonly device: string;
}
interface Row {
  readonly model: string;
  readonly side: string;
  readonly stepsPerSecond?: number;
  readonly tokensPerSecond?: number;
  /** Multiply-adds of a step against those of a large matrix product by torch in the same precision. */
  readonly peakShare?: number;
  readonly loss?: number;
  readonly device?: string;
  /** Why there is no number. */
  readonly problem?: string;
}

async function jsonOf<Answer>(command: string, words: readonly string[]): Promise<Answer> {
  const { stdout } = await promisify(execFile)(command, words, { maxBuffer: 1 << 26 });
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as Answer;
}
const torch = <Answer>(...words: string[]): Promise<Answer> =>
  jsonOf(options.python, ['test/bench/gpu/torch_side.py', ...words]);

async function measured(workload: Workload, peaks: Readonly<Record<string, number>>): Promise<Row[]> {
  const path = join(folder, workload.shape);
  mkdirSync(path, { recursive: true });
  const { parameters, embeddings } = await torch<{ parameters: number; embeddings: number }>(
    ...['make', workload.shape, path],
  );
  const tokens = workload.batch * (workload.promptLength + workload.tokens);
  // Forward 2 and backward to the prompt 2 for each weight and token; no gradient of weights. The head is left out: few tokens go through it.
  const flops = 4 * (parameters - embeddings) * tokens;
  const row = async (side: string, peak: string, time: () => Promise<Timed>): Promise<Row> => {
    process.stderr.write(`${workload.name}, ${side}\n`);
    try {
      const { seconds, loss, device } = await time();
      const median = seconds.toSorted((a, b) => a - b)[Math.floor(seconds.length / 2)]!;
      const rates = {
        stepsPerSecond: 1 / median,
        tokensPerSecond: tokens / median,
        peakShare: flops / median / peaks[peak]!,
      };
      return { model: workload.name, side, ...rates, loss, device };
    } catch (error) {
      const lines = String((error as { readonly stderr?: string }).stderr ?? error)
        .trim()
        .split('\n');
      const problem = lines.findLast((line) => line.includes('Error')) ?? lines.at(-1)!;
      return { model: workload.name, side, problem: problem.slice(0, 200) };
    }
  };
  const rows: Row[] = [];
  for (const executionProvider of options.providers.split(','))
    for (const precision of ['float32', 'float16']) {
      const words = [path, JSON.stringify(workload), JSON.stringify({ executionProvider, precision }), options.steps];
      rows.push(
        await row(`${executionProvider} ${precision}`, precision === 'float32' ? 'float32' : 'bfloat16', () =>
          jsonOf(process.execPath, ['out/bench/gpu/tunedStep.mjs', ...words]),
        ),
      );
    }
  for (const dtype of ['float32', 'bfloat16'])
    for (const mode of ['eager', 'compiled'])
      rows.push(
        await row(`torch ${mode} ${dtype}`, dtype, () =>
          torch('step', path, JSON.stringify(workload), dtype, mode, options.steps),
        ),
      );
  return rows;
}

function table(rows: readonly Row[]): string {
  const lines = rows.map(({ model, side, stepsPerSecond, tokensPerSecond, peakShare, problem }) =>
    stepsPerSecond === undefined
      ? `| ${model} | ${side} | ${problem} | | |`
      : `| ${model} | ${side} | ${stepsPerSecond.toFixed(2)} | ${tokensPerSecond!.toFixed(0)} | ${(100 * peakShare!).toFixed(1)} % |`,
  );
  return ['| Model | Side | Steps/s | Tokens/s | Share of peak |', '| - | - | -: | -: | -: |', ...lines].join('\n');
}

// Debian's Chromium has a software device; only the tiny models make sense on it.
const software = '/usr/lib/chromium/vk_swiftshader_icd.json';
if (options.tiny && existsSync(software)) process.env['VK_ICD_FILENAMES'] = software;
const peaks: Record<string, number> = {};
for (const dtype of ['float32', 'bfloat16']) peaks[dtype] = (await torch<{ flops: number }>('peak', dtype)).flops;
const rows: Row[] = [];
for (const workload of options.tiny ? tinyWorkloads : workloads) rows.push(...(await measured(workload, peaks)));
mkdirSync(join('out', 'measured'), { recursive: true });
const file = join('out', 'measured', 'gpu.json');
const machine = { processor: cpus()[0]?.model, system: `${platform()} ${arch()}`, node: process.version, peaks };
writeFileSync(file, `${JSON.stringify({ machine, rows }, null, 1)}\n`);
process.stdout.write(`${table(rows)}\n\nWritten to ${file}.\n`);
