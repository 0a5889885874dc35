import { gemmPeak } from './gemmPeak';
import { type Measurement, median } from './measurement';
import { modelFolder } from './models/modelFolder';
import { startSide } from './peft/compare';
import { workloads } from './peft/workloads';

const steps = 7;

/** Loss, prompt gradient and update: time, share of the machine's best product, and the process's peak memory. */
export async function step(): Promise<readonly Measurement[]> {
  const measured: Measurement[] = [];
  for (const workload of workloads) {
    const folder = modelFolder(workload.model);
    const side = await startSide(process.execPath, ['out/bench/peft/tunedStep.mjs', folder, JSON.stringify(workload)]);
    await side.step();
    const seconds: number[] = [];
    // Beside each step: what the machine can do changes by the minute.
    const peaks: number[] = [];
    let memory = 0;
    for (let i = 0; i < steps; i++) {
      peaks.push(await gemmPeak());
      const done = await side.step();
      seconds.push(done.seconds);
      memory = done.peak;
    }
    await side.end();
    const what = `${workload.model}, ${workload.batch} x (${workload.tokens} + ${workload.promptLength})`;
    const share = median(seconds.map((each, i) => (100 * side.flops!) / each / peaks[i]!));
    measured.push(
      { what: `a step of ${what}`, value: median(seconds), unit: 's' },
      { what: `its share of ${(median(peaks) / 1e9).toFixed(0)} GF/s`, value: share, unit: '%', aim: { least: 85 } },
      { what: 'its peak memory', value: memory / 1e6, unit: 'MB' },
    );
  }
  return measured;
}
