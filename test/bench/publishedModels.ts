import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadFrozenModel } from '../../extension/engine/models/loadFrozenModel';
import { type Measurement, median } from './measurement';
import { realModel, realModels } from './models/realModel';
import { startSide } from './peft/compare';

const steps = 7;
const workload = { batch: 16, tokens: 32, promptLength: 20, targetTokens: 1 };

/** Published models as people have them: unpacking the GGUF file, and a step of the preset Quick on texts as long as the samples'. */
export async function publishedModels(): Promise<readonly Measurement[]> {
  const measured: Measurement[] = [];
  for (const name of Object.keys(realModels) as (keyof typeof realModels)[]) {
    const file = await realModel(name);
    const cache = await mkdtemp(join(tmpdir(), 'unpacked-'));
    try {
      const started = performance.now();
      const { folder } = await loadFrozenModel(file, { cache });
      measured.push({ what: `unpacking ${name}`, value: (performance.now() - started) / 1000, unit: 's' });
      measured.push(...(await stepOf(name, folder)));
    } finally {
      await rm(cache, { recursive: true });
    }
  }
  return measured;
}

async function stepOf(name: string, folder: string): Promise<readonly Measurement[]> {
  const side = await startSide(process.execPath, ['out/bench/peft/tunedStep.mjs', folder, JSON.stringify(workload)]);
  await side.step();
  const seconds: number[] = [];
  let memory = 0;
  for (let i = 0; i < steps; i++) {
    const done = await side.step();
    seconds.push(done.seconds);
    memory = done.peak;
  }
  await side.end();
  const what = `${name}, ${workload.batch} x (${workload.tokens} + ${workload.promptLength})`;
  return [
    { what: `a step of ${what}`, value: median(seconds), unit: 's' },
    { what: 'its peak memory', value: memory / 1e6, unit: 'MB' },
  ];
}
