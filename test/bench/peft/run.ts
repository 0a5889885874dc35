import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { machine } from '../machine';
import { gemmPeak } from '../gemmPeak';
import { markdownTable, median } from '../measurement';
import { modelFolder } from '../models/modelFolder';
import { shapes } from '../models/shapes';
import { presetTable } from '../../../extension/protocol/presets';
import { type Side, startSide } from './compare';
import { reviews, type Scoring, scoring, texts } from './scoredRows';
import { type Workload, tokenIds, workloads } from './workloads';

const scoringName = `${scoring.model}, ${scoring.rows} rows scored`;
const reviewsName = `${reviews.model}, ${reviews.rows} reviews tuned on`;

function nameOf({ model, batch, tokens, promptLength }: Workload): string {
  return `${model}, ${batch} x (${tokens} + ${promptLength})`;
}

/**
 * The same optimiser steps by us and by PEFT, alternated, each in a process of its own that waits while the other one works:
 * `node run.mjs PYTHON [PAIRS] [WORD]`, with a word only what has it in its name. Prints the ratios and keeps them as JSON.
 */
async function main(): Promise<void> {
  const [python, pairs = '7', word = ''] = process.argv.slice(2);
  if (python === undefined) throw new Error('Name a Python that has torch, transformers and peft.');
  const results: Result[] = [];
  for (const workload of workloads.filter((each) => nameOf(each).includes(word)))
    results.push(await compared(workload, modelFolder(workload.model), python, Number(pairs)));
  if (reviewsName.includes(word)) {
    const { batchSize, optimizer } = presetTable.quick;
    const given = { ...reviews, batchSize, learningRate: optimizer.learningRate };
    results.push(await comparedRows(reviewsName, given, 'Reviews', python, Number(pairs)));
  }
  if (scoringName.includes(word))
    results.push(await comparedRows(scoringName, scoring, 'Score', python, Number(pairs)));
  const file = join('out', 'measured', 'peft.json');
  mkdirSync('out/measured', { recursive: true });
  writeFileSync(file, `${JSON.stringify({ machine: machine(), results }, null, 1)}\n`);
  process.stdout.write(`\n${table(results)}\n\nWritten to ${file}.\n`);
}

async function compared(workload: Workload, folder: string, python: string, pairs: number): Promise<Result> {
  const ours = await startSide(process.execPath, ['out/bench/peft/tunedStep.mjs', folder, JSON.stringify(workload)]);
  const ids = tokenIds(workload, shapes[workload.model].vocab_size);
  const theirs = await startSide(python, [
    'test/bench/peft/peft_step.py',
    folder,
    JSON.stringify({ ...workload, ids }),
  ]);
  const name = nameOf(workload);
  const alternation = await alternated(name, ours, theirs, pairs, gemmPeak);
  return { name, ...alternation, flops: ours.flops! };
}

/** The same with rows of several lengths; `program` names the two sides. */
async function comparedRows(
  name: string,
  rows: Scoring,
  program: 'Reviews' | 'Score',
  python: string,
  pairs: number,
): Promise<Result> {
  const folder = modelFolder(rows.model);
  const ours = await startSide(process.execPath, [`out/bench/peft/tuned${program}.mjs`, folder, JSON.stringify(rows)]);
  const given = { ...rows, texts: texts(rows, shapes[rows.model].vocab_size) };
  const script = `test/bench/peft/peft_${program.toLowerCase()}.py`;
  const theirs = await startSide(python, [script, folder, JSON.stringify(given)]);
  return { name, ...(await alternated(name, ours, theirs, pairs)) };
}

type Alternated = Omit<Result, 'name' | 'flops'>;

/** @param peak measures the machine beside each pair: what it can do changes by the minute. */
async function alternated(
  name: string,
  ours: Side,
  theirs: Side,
  pairs: number,
  peak?: () => Promise<number>,
): Promise<Alternated> {
  // Not counted: caches fill, shapes are seen for the first time.
  const losses = { ours: (await ours.step()).loss, theirs: (await theirs.step()).loss };
  const measured: Pair[] = [];
  let memory = { ours: 0, theirs: 0 };
  for (let pair = 0; pair < pairs; pair++) {
    const [a, b] = await inTurns(ours, theirs, pair % 2 === 1);
    measured.push({ ours: a.seconds, theirs: b.seconds, ...(peak ? { gemmPeak: await peak() } : {}) });
    memory = { ours: a.peak, theirs: b.peak };
    process.stdout.write(`${name}: pair ${pair + 1}: ${a.seconds.toFixed(3)} s, PEFT ${b.seconds.toFixed(3)} s\n`);
  }
  await ours.end();
  await theirs.end();
  const seconds = {
    ours: median(measured.map((each) => each.ours)),
    theirs: median(measured.map((each) => each.theirs)),
  };
  return { seconds, speed: median(measured.map((each) => each.theirs / each.ours)), memory, losses, measured };
}

interface Pair {
  readonly ours: number;
  readonly theirs: number;
  /** Floating point operations a second of the best plain product of this machine, then. */
  readonly gemmPeak?: number;
}

interface Result {
  readonly name: string;
  /** Medians, a step. */
  readonly seconds: { readonly ours: number; readonly theirs: number };
  /** Median of the pairs' ratios, PEFT's time over ours. */
  readonly speed: number;
  /** Peak resident memory, bytes. */
  readonly memory: { readonly ours: number; readonly theirs: number };
  /** Multiplications and additions in the matrix products of one step of ours. */
  readonly flops?: number;
  /** Of the first step, or of the first label: equal where both sides have the same prompt. */
  readonly losses: { readonly ours: number; readonly theirs: number };
  readonly measured: readonly Pair[];
}

async function inTurns(ours: Side, theirs: Side, theirsFirst: boolean) {
  if (!theirsFirst) return [await ours.step(), await theirs.step()] as const;
  const second = await theirs.step();
  return [await ours.step(), second] as const;
}

function table(results: readonly Result[]): string {
  const rows = results.map(({ name, seconds, speed, memory, measured, flops }) => [
    name,
    `${seconds.ours.toFixed(2)} s`,
    `${seconds.theirs.toFixed(2)} s`,
    `${speed.toFixed(2)}x`,
    `${megabytes(memory.ours)} / ${megabytes(memory.theirs)} MB = ${(memory.ours / memory.theirs).toFixed(2)}x`,
    flops === undefined ? '' : share(flops, measured),
  ]);
  const head = ['what', 'ours', 'PEFT', 'speed', 'peak memory, ours / PEFT', 'share of the GEMM peak'];
  return markdownTable(head, rows);
}

/** Of the best product, both beside each other. */
function share(flops: number, measured: readonly Pair[]): string {
  const shares = measured.map(({ ours, gemmPeak: peak }) => (100 * flops) / ours / peak!);
  const peak = median(measured.map((pair) => pair.gemmPeak!));
  return `${median(shares).toFixed(0)} % of ${(peak / 1e9).toFixed(0)} GF/s`;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}

void main();
