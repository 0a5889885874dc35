import { mkdirSync, writeFileSync } from 'node:fs';
import { machine } from './machine';
import { type Measurement, markdownTable, measurementRow } from './measurement';
import { benches, namedBenches } from './table';

/** `node run.mjs [NAME...]`: measures what is named, or everything that fetches nothing; prints a table and keeps it as out/measured/bench.json. */
async function main(): Promise<void> {
  const wanted = process.argv.slice(2);
  const all = { ...benches, ...namedBenches };
  const unknown = wanted.find((name) => !(name in all));
  if (unknown !== undefined) {
    console.error(`There is no bench "${unknown}"; there is ${Object.keys(all).join(', ')}.`);
    process.exit(2);
  }
  const on = machine();
  console.log(`${on.processor}, ${on.cores} cores, load ${on.load.toFixed(1)} before it began`);
  const results: Record<string, readonly Measurement[]> = {};
  for (const name of wanted.length > 0 ? wanted : Object.keys(benches)) {
    console.log(`\n${name} ...`);
    results[name] = await all[name]!();
    for (const each of results[name]) console.log(`  ${measurementRow(each).filter(Boolean).join(', ')}`);
  }
  mkdirSync('out/measured', { recursive: true });
  writeFileSync('out/measured/bench.json', `${JSON.stringify({ machine: on, results }, null, 1)}\n`);
  const rows = Object.values(results).flat().map(measurementRow);
  console.log(`\n${markdownTable(['what', 'measured', 'aim', ''], rows)}\n\nWritten to out/measured/bench.json.`);
}

await main();
