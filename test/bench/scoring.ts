import { type Measurement, median } from './measurement';
import { modelFolder } from './models/modelFolder';
import { startSide } from './peft/compare';
import { scoring as rows } from './peft/scoredRows';

/** Label words scored behind a prompt: rows a second, and peak memory. */
export async function scoring(): Promise<readonly Measurement[]> {
  const parameters = ['out/bench/peft/tunedScore.mjs', modelFolder(rows.model), JSON.stringify(rows)];
  const side = await startSide(process.execPath, parameters);
  await side.step();
  const done = [await side.step(), await side.step(), await side.step()];
  await side.end();
  const seconds = median(done.map((each) => each.seconds));
  return [
    { what: `${rows.model}, rows scored by label words`, value: rows.rows / seconds, unit: 'rows/s' },
    { what: 'its peak memory', value: done.at(-1)!.peak / 1e6, unit: 'MB' },
  ];
}
