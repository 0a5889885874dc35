// Compares the product's tokenizers with Python's; see tokenizer_ids.py, which writes the folder that this reads.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const [work, ...only] = process.argv.slice(2);
const outfile = join(tmpdir(), `textTokenizer-${process.pid}.mjs`);
await build({
  entryPoints: ['extension/engine/tokenizer/textTokenizer.ts'],
  bundle: true,
  platform: 'node',
  format: 'esm',
  outfile,
});
const { TextTokenizer } = await import(pathToFileURL(outfile).href);

/** Processor time, which other work on the machine leaves as it is; ms. */
const cpu = () => process.cpuUsage().user / 1000;

let total = 0;
for (const name of readdirSync(work).filter((each) => only.length === 0 || only.includes(each))) {
  const folder = join(work, name);
  const text = readFileSync(join(folder, 'tokenizer.json'), 'utf8');
  const start = cpu();
  const json = JSON.parse(text);
  const parsed = cpu();
  const tokenizer = new TextTokenizer(json);
  const loaded = cpu();
  console.log(`${name}: JSON ${(parsed - start).toFixed(0)} ms, tokenizer ${(loaded - parsed).toFixed(0)} ms`);
  for (const set of ['points', 'random', 'real']) {
    if (!existsSync(join(folder, `${set}.ids`))) continue;
    const texts = set === 'points' ? codePoints() : JSON.parse(readFileSync(join(folder, `${set}.json`), 'utf8'));
    report(set, texts, expectedIds(join(folder, `${set}.ids`)), (each) => tokenizer.encode(each, true));
  }
  const decoded = JSON.parse(readFileSync(join(folder, 'decoded.json'), 'utf8'));
  const wrong = decoded.filter(([ids, expected]) => tokenizer.decode(ids) !== expected);
  total += wrong.length;
  console.log(`  decoded: ${wrong.length} of ${decoded.length} differ`);
  for (const [ids, expected] of wrong.slice(0, 3))
    console.log(`    ${JSON.stringify(tokenizer.decode(ids))} ours\n    ${JSON.stringify(expected)} Python's`);
}
process.exitCode = total === 0 ? 0 : 1;

function* codePoints() {
  for (let point = 0; point < 0x110000; point += 1) {
    if (point >= 0xd800 && point <= 0xdfff) continue;
    const character = String.fromCodePoint(point);
    yield character;
    yield `a${character}b`;
  }
}

/** The ids of one text after another. */
function expectedIds(file) {
  const bytes = readFileSync(file);
  const numbers = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  let [text, at] = [0, 1 + numbers[0]];
  return () => {
    text += 1;
    return numbers.subarray(at, (at += numbers[text]));
  };
}

function report(set, texts, next, encode) {
  let [count, tokens, differ] = [0, 0, 0];
  const start = cpu();
  const shown = [];
  for (const text of texts) {
    const expected = next();
    const ids = encode(text);
    count += 1;
    tokens += ids.length;
    if (ids.length === expected.length && ids.every((id, i) => id === expected[i])) continue;
    differ += 1;
    if (shown.length < 5)
      shown.push(
        `    ${JSON.stringify(text).slice(0, 300)}\n      ${ids.slice(0, 60)} ours\n      ${expected.slice(0, 60)} Python's`,
      );
  }
  const seconds = (cpu() - start) / 1000;
  total += differ;
  console.log(`  ${set}: ${differ} of ${count} differ, ${Math.round(tokens / seconds / 1000)} k tokens/s`);
  for (const each of shown) console.log(each);
}
