import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { machine } from '../machine';
import { gemmPeak } from '../gemmPeak';
import { markdownTable, median } from '../measurement';
import { modelFolder } from '../models/modelFolder';
import { shapes } from '../models/shapes';
import { type Side, startSide } from './compare';
import { scoring, texts } from './scoredRows';
import { type Workload, tokenIds, workloads } from './workloads';

const scoringName = `${scoring.model}, ${scoring.rows} rows scored`;

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
  if (scoringName.includes(word))
    results.push(await comparedScoring(modelFolder(scoring.model), python, Number(pairs)));
  const file = join('out', 'measured', 'peft.json');
  mkdirSync('out/measured', { recursive: true });
  writeFileSync(file, `${JSON.stringify({ machine: machine(), results }, null, 1)}\n`);
  process.stdout.write(`\n${table(results)}\n\nWritten to ${file}.\n`);
}

async function compared(workload: Workload, folder: string, python: string, pairs: number): Promise<Result> {
  const peak = await gemmPeak();
  const ours = await startSide(process.execPath, ['out/bench/peft/tunedStep.mjs', folder, JSON.stringify(workload)]);
  const ids = tokenIds(workload, shapes[workload.model].vocab_size);
  const theirs = await startSide(python, [
    'test/bench/peft/peft_step.py',
    folder,
    JSON.stringify({ ...workload, ids }),
  ]);
  const name = nameOf(workload);
  return { name, ...(await alternated(name, ours, theirs, pairs)), gemmPeak: peak, flops: ours.flops! };
}

async function comparedScoring(folder: string, python: string, pairs: number): Promise<Result> {
  const ours = await startSide(process.execPath, ['out/bench/peft/tunedScore.mjs', folder, JSON.stringify(scoring)]);
  const given = { ...scoring, texts: texts(scoring, shapes[scoring.model].vocab_size) };
  const theirs = await startSide(python, ['test/bench/peft/peft_score.py', folder, JSON.stringify(given)]);
  return { name: scoringName, ...(await alternated(scoringName, ours, theirs, pairs)) };
}

type Alternated = Pick<Result, 'seconds' | 'speed' | 'memory' | 'losses' | 'measured'>;

async function alternated(name: string, ours: Side, theirs: Side, pairs: number): Promise<Alternated> {
  // Not counted: caches fill, shapes are seen for the first time.
  const losses = { ours: (await ours.step()).loss, theirs: (await theirs.step()).loss };
  const measured: { readonly ours: number; readonly theirs: number }[] = [];
  let memory = { ours: 0, theirs: 0 };
  for (let pair = 0; pair < pairs; pair++) {
    const [a, b] = await inTurns(ours, theirs, pair % 2 === 1);
    measured.push({ ours: a.seconds, theirs: b.seconds });
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

interface Result {
  readonly name: string;
  /** Medians, a step. */
  readonly seconds: { readonly ours: number; readonly theirs: number };
  /** Median of the pairs' ratios, PEFT's time over ours. */
  readonly speed: number;
  /** Peak resident memory, bytes. */
  readonly memory: { readonly ours: number; readonly theirs: number };
  /** Floating point operations a second of the best plain product of this machine. */
  readonly gemmPeak?: number;
  /** Multiplications and additions in the matrix products of one step of ours. */
  readonly flops?: number;
  /** Of the first step, or of the first label: equal where both sides have the same prompt. */
  readonly losses: { readonly ours: number; readonly theirs: number };
  readonly measured: readonly { readonly ours: number; readonly theirs: number }[];
}

async function inTurns(ours: Side, theirs: Side, theirsFirst: boolean) {
  if (!theirsFirst) return [await ours.step(), await theirs.step()] as const;
  const second = await theirs.step();
  return [await ours.step(), second] as const;
}

function table(results: readonly Result[]): string {
  const rows = results.map(({ name, seconds, speed, memory, gemmPeak: peak, flops }) => [
    name,
    `${seconds.ours.toFixed(2)} s`,
    `${seconds.theirs.toFixed(2)} s`,
    `${speed.toFixed(2)}x`,
    `${megabytes(memory.ours)} / ${megabytes(memory.theirs)} MB = ${(memory.ours / memory.theirs).toFixed(2)}x`,
    peak === undefined || flops === undefined
      ? ''
      : `${((100 * flops) / seconds.ours / peak).toFixed(0)} % of ${(peak / 1e9).toFixed(0)} GF/s`,
  ]);
  const head = ['what', 'ours', 'PEFT', 'speed', 'peak memory, ours / PEFT', 'share of the GEMM peak'];
  return markdownTable(head, rows);
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}

void main();
