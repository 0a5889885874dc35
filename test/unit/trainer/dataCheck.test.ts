import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { npyFile } from '../../../extension/engine/prompts/npy';
import type { DataReport } from '../../../extension/protocol/dataCheck';
import { quiet } from './quietJob';
import { runJob } from '../../../extension/trainer/jobs/table';
import { cliEntry, type TinyExperiment, tinyExperiment, tinyModel } from './tinyExperiment';

describe('what a run says of its data', () => {
  let tiny: TinyExperiment;
  beforeEach(async () => {
    const words = { no: 'not', yes: 'not good' };
    tiny = await tinyExperiment({ steps: 1 }, { task: { template: '{text}:', label: { column: 'label', words } } });
    const rows = Array.from({ length: 600 }, (_, index) => ({
      text: index % 2 ? `text ${index}` : '',
      label: ['no', 'yes', 'maybe'][index % 3],
    }));
    await writeFile(join(tiny.folder, 'rows.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  });
  afterEach(() => tiny.remove());

  it('is in its log and its record: the task first, then every reason with its count, never cut', async () => {
    const { folder, record } = await runJob(
      { kind: 'tune', experimentFile: tiny.file, runsFolder: tiny.runsFolder, executionProvider: 'cpu' },
      quiet(),
    );
    const said = record.findings!.map(({ rule, severity, count, rows }) => [rule, severity, count, rows.length]);
    assert.deepEqual(said.slice(0, 3), [
      ['label-words', 'warning', 0, 0],
      ['rows-left-out', 'warning', 300, 5],
      ['rows-left-out', 'warning', 100, 5],
    ]);
    const lines = (await readFile(join(folder, 'run.log'), 'utf8')).split('\n');
    const warnings = lines.filter((line) => / warn /.test(line)).map((line) => line.replace(/^\S+ warn +/, ''));
    assert.match(warnings[0]!, /"not good" would never be predicted/);
    assert.match(
      warnings[1]!,
      /^300 rows of 600 \(50\.0 %\) are left out: column "text" is empty\. \(rows\.jsonl:1, .* and 295 more\)$/,
    );
    assert.match(warnings[2]!, /^100 rows of 600 .* label "maybe" is not one of the labels .* and 95 more\)$/);
    assert.ok(lines.length < 30, 'there is no line a row');
  });
});

describe('a data check', () => {
  let tiny: TinyExperiment;
  beforeEach(async () => {
    tiny = await tinyExperiment();
  });
  afterEach(() => tiny.remove());

  const check = (file: string, model?: string): Promise<DataReport> =>
    runJob({ kind: 'check-data', file, baseFolder: tiny.folder, ...(model === undefined ? {} : { model }) }, quiet());
  const edit = async (change: (experiment: { model: string; data: object; task: object }) => object): Promise<void> => {
    const experiment = JSON.parse(await readFile(tiny.file, 'utf8')) as { model: string; data: object; task: object };
    await writeFile(tiny.file, JSON.stringify({ ...experiment, ...change(experiment) }, undefined, 2));
  };
  const errors = async (): Promise<(string | undefined)[][]> =>
    (await check(tiny.file)).findings
      .filter(({ severity }) => severity === 'error')
      .map(({ field, within }) => [field?.join('.'), within]);

  it('of an experiment looks at the very parts that a run learns from, and writes nothing', async () => {
    const report = await check(tiny.file);
    assert.deepEqual(
      report.parts.map(({ part, rows, majority }) => [part, rows, majority]),
      [
        ['train', 96, 0.5],
        ['dev', 12, 0.5],
        ['test', 12, 0.5],
      ],
    );
    assert.deepEqual([report.model, report.used, report.leftOut], ['llama-tied', 120, 0]);
    assert.deepEqual((await readdir(tiny.folder)).sort(), ['rows.jsonl', 'tiny.tune.json']);
  });

  it('of a data set guesses the task, and counts in tokens of the model that is named', async () => {
    const report = await check(join(tiny.folder, 'rows.jsonl'), tinyModel);
    assert.deepEqual([report.task?.label?.column, report.model, report.used], ['label', 'llama-tied', 120]);
  });

  it('names every column that is missing, and where it is written', async () => {
    await edit(() => ({ task: { template: '{txt}', label: { column: 'lbl', words: { no: 'n', yes: 'y' } } } }));
    assert.deepEqual(await errors(), [
      ['task.template', 'txt'],
      ['task.label.column', undefined],
    ]);
  });

  it('names a file and a model that are missing, both at once', async () => {
    await edit(() => ({ model: './nowhere', data: { train: 'rows.jsonl', dev: 'gone.csv' } }));
    assert.deepEqual(await errors(), [
      ['data.dev', undefined],
      ['model', undefined],
    ]);
  });

  it('reads a part of a file that holds several, and a file in pieces, as a run does', async () => {
    const lines = (await readFile(join(tiny.folder, 'rows.jsonl'), 'utf8')).trim().split('\n');
    const [train, dev] = [lines.slice(0, 100), lines.slice(100)];
    await writeFile(join(tiny.folder, 'all.json'), `{"train":[${train.join()}],"dev":[${dev.join()}]}`);
    await writeFile(join(tiny.folder, 'train-00000-of-00002.jsonl'), train.slice(0, 50).join('\n'));
    await edit(() => ({ data: { train: 'all.json#train', dev: 'all.json#dev' } }));
    const report = await check(tiny.file);
    assert.deepEqual([report.used, report.leftOut], [120, 0]);
    await edit(() => ({ data: 'all.json' }));
    const whole = await check(tiny.file);
    assert.deepEqual([whole.used, whole.parts[1]?.rows], [120, dev.length]);
    assert.equal((await check(join(tiny.folder, 'all.json'), tinyModel)).used, 120);
    await mkdir(join(tiny.folder, 'set'));
    await edit(() => ({ data: 'set' }));
    assert.deepEqual(await errors(), [['data.train', undefined]]);
    await writeFile(join(tiny.folder, 'set/train.jsonl'), train.join('\n'));
    assert.equal((await check(tiny.file)).used, 100);
    assert.equal((await check(join(tiny.folder, 'set'), tinyModel)).used, 100);
    await edit(() => ({ data: { train: 'train-*-of-00002.jsonl', dev: 'all.json#dev' } }));
    const [finding] = (await check(tiny.file)).findings;
    assert.match(finding!.text, /^"train-\*-of-00002\.jsonl" does not exist; .*train-00001-of-00002\.jsonl\)\.$/);
  });

  it('names a prompt to start from that is missing or too wide, and says what to know of one that fits', async () => {
    const from = (name: string): Promise<void> =>
      edit(() => ({ prompt: { length: 2, initialiser: 'prompt', from: name } }));
    const matrix = (width: number): Uint8Array => npyFile({ rows: 2, width, data: new Float32Array(2 * width) });
    await writeFile(join(tiny.folder, 'wide.npy'), matrix(17));
    await writeFile(join(tiny.folder, 'fits.npy'), matrix(16));
    for (const [name, reason] of [
      ['gone.npy', /gone\.npy: there is no such file or folder\. Correct the path$/],
      ['wide.npy', /wide\.npy: has width 17, but the embeddings of llama-tied have width 16\./],
    ] as const) {
      await from(name);
      assert.deepEqual(await errors(), [['prompt.from', undefined]]);
      assert.match((await check(tiny.file)).findings[0]!.text, reason);
    }
    await from('fits.npy');
    const report = await check(tiny.file);
    assert.equal(report.used, 120);
    assert.deepEqual(await errors(), []);
    const said = report.findings
      .filter(({ rule }) => rule === 'start')
      .map(({ severity, text: each }) => [severity, each]);
    assert.deepEqual(said, []);
  });

  it('of a file that is not there says so in words', async () => {
    for (const name of ['gone.tune.json', 'gone.json', 'gone.csv'])
      await assert.rejects(check(join(tiny.folder, name)), /gone\.[a-z.]+: there is no such file \(/);
  });

  it('names a template that holds the label, which a run refuses too', async () => {
    await edit(() => ({
      task: { template: '{text} {label}', label: { column: 'label', words: { no: 'n', yes: 'y' } } },
    }));
    assert.deepEqual(await errors(), [['task.template', undefined]]);
    const job = {
      kind: 'tune',
      experimentFile: tiny.file,
      runsFolder: tiny.runsFolder,
      executionProvider: 'cpu',
    } as const;
    await assert.rejects(runJob(job, quiet()), /holds the label column "label"/);
  });

  it('on the command line ends with status 1 where something is wrong, and 0 where nothing is', async () => {
    const run = async (...words: string[]): Promise<{ status: number | null; out: string }> => {
      const child = spawn(process.execPath, [cliEntry, 'check', ...words], { stdio: ['ignore', 'pipe', 'ignore'] });
      const [out] = await Promise.all([text(child.stdout), once(child, 'close')]);
      return { status: child.exitCode, out };
    };
    const sound = await run(tiny.file);
    assert.equal(sound.status, 0);
    assert.match(sound.out, /^train +96 +50\.0 %/m);
    assert.match(sound.out, /^120 rows are used, 0 cannot be\.$/m);
    await edit(() => ({ data: { train: 'gone.csv' } }));
    const broken = await run(tiny.file, '--json');
    assert.equal(broken.status, 1);
    assert.match((JSON.parse(broken.out) as DataReport).findings[0]!.text, /^"gone\.csv" does not exist/);
  });
});
