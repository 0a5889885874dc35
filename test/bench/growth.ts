import { type Measurement, median } from './measurement';
import { modelFolder } from './models/modelFolder';
import { startSide } from './peft/compare';
import type { Workload } from './peft/workloads';

const usual: Workload = { model: 'smollm2', batch: 8, tokens: 64, promptLength: 20, targetTokens: 2 };

/**
 * How time and memory of a step grow. Time with the tokens of the batch; memory with the tokens of a micro-batch of a batch that stays the
 * same. Linear growth means that the cost of one more token is the same everywhere, so the ratio of the steepest to the flattest piece is 1.
 */
export async function growth(): Promise<readonly Measurement[]> {
  const times: Point[] = [];
  for (const batch of [4, 8, 12, 16]) {
    const { seconds } = await measured({ ...usual, batch, microBatchTokens: 4096 });
    times.push({ tokens: usual.promptLength + batch * (usual.tokens - 1), cost: seconds });
  }
  const memories: Point[] = [];
  for (const microBatchTokens of [256, 512, 1024, 2048]) {
    const { peak } = await measured({ ...usual, batch: 32, microBatchTokens });
    memories.push({ tokens: microBatchTokens, cost: peak / 1e6 });
  }
  const line = (points: readonly Point[], digits: number): string =>
    points.map(({ tokens, cost }) => `${tokens}: ${cost.toFixed(digits)}`).join(', ');
  return [
    {
      what: `seconds a step by its tokens (${line(times, 2)}), deviation from a line`,
      value: deviation(times),
      unit: '%',
    },
    {
      what: `MB at the peak by tokens of a micro-batch (${line(memories, 0)}), deviation from a line`,
      value: deviation(memories),
      unit: '%',
    },
  ];
}

interface Point {
  readonly tokens: number;
  readonly cost: number;
}

async function measured(workload: Workload & { readonly microBatchTokens: number }) {
  const parameters = ['out/bench/peft/tunedStep.mjs', modelFolder(workload.model), JSON.stringify(workload)];
  const side = await startSide(process.execPath, parameters);
  await side.step();
  const done = [await side.step(), await side.step(), await side.step()];
  await side.end();
  return { seconds: median(done.map(({ seconds }) => seconds)), peak: done.at(-1)!.peak };
}

/** Largest distance of a point from the least-squares line, in percent of the largest cost. */
function deviation(points: readonly Point[]): number {
  const mean = (of: (point: Point) => number): number =>
    points.reduce((sum, each) => sum + of(each), 0) / points.length;
  const [x, y] = [mean(({ tokens }) => tokens), mean(({ cost }) => cost)];
  const slope = mean((p) => (p.tokens - x) * (p.cost - y)) / mean((p) => (p.tokens - x) ** 2);
  const distances = points.map((p) => Math.abs(p.cost - y - slope * (p.tokens - x)));
  return (100 * Math.max(...distances)) / Math.max(...points.map(({ cost }) => cost));
}
