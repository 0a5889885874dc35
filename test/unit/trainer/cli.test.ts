import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { inTemporaryFolder } from '../runs/records';
import { loadFrozenModel } from '../../../extension/engine/models/loadFrozenModel';
import { readStoredPrompt } from '../../../extension/engine/prompts/storedPrompt';
import { cliEntry, root, tinyExperiment, tinyModel } from './tinyExperiment';

interface Ran {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

async function softprompt(...words: readonly string[]): Promise<Ran> {
  const child = spawn(process.execPath, [cliEntry, ...words], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { status: child.exitCode, out, err };
}

/** The JSON object that ends standard output. */
const lastLine = (out: string): unknown => JSON.parse(out.trimEnd().split('\n').at(-1)!);

describe('the command line', () => {
  it('tunes an experiment, compares it with text prompts, and lists the run', async () => {
    const tiny = await tinyExperiment();
    try {
      const tuned = await softprompt('tune', tiny.file, '--baselines', '--json');
      assert.equal(tuned.status, 0, tuned.err);
      const { folder, adapter, record } = lastLine(tuned.out) as {
        folder: string;
        adapter: string;
        record: { status: string; id: string; baselines: { name: string; scores: Record<string, number> }[] };
      };
      assert.equal(record.status, 'finished');
      assert.ok(folder.startsWith(tiny.runsFolder), 'the run lies beside the experiment');
      assert.ok(existsSync(join(adapter, 'adapter_config.json')));
      assert.deepEqual(
        record.baselines.map(({ name }) => name),
        ['zero-shot', '4-shot'],
      );
      assert.ok(record.baselines.every(({ scores }) => scores['accuracy']! >= 0 && scores['accuracy']! <= 1));

      const listed = await softprompt('runs', '--runs', tiny.runsFolder, '--json');
      const { runs } = lastLine(listed.out) as { runs: { record: { id: string } }[] };
      assert.deepEqual(
        runs.map((run) => run.record.id),
        [record.id],
      );
      const table = await softprompt('runs', '--runs', tiny.runsFolder);
      assert.match(table.out, new RegExp(`${record.id} +finished +12/12`));
    } finally {
      await tiny.remove();
    }
  });

  it('writes on behind texts, with and without a prompt', async () => {
    const texts = ['The film', 'Is it good?'];
    const generated = async (...more: string[]): Promise<string[]> => {
      const words = [...texts.flatMap((each) => ['--text', each]), '--max-tokens', '6', '--json', ...more];
      const { status, out, err } = await softprompt('generate', tinyModel, ...words);
      assert.equal(status, 0, err);
      return (lastLine(out) as { results: { text: string }[] }).results.map((each) => each.text);
    };
    const model = await loadFrozenModel(tinyModel);
    const session = await model.openGenerationSession({ executionProvider: 'cpu', promptLength: 0 });
    const requests = texts.map((each) => ({ inputIds: model.encodeInput(each) }));
    const expected = await session.generate(new Float32Array(0), requests, { maxNewTokens: 6 });
    await session.release();

    assert.deepEqual(
      await generated(),
      expected.map((each) => each.text),
    );
    const prompt = ['--prompt', join(root, 'test/fixtures/adapters/causal')];
    const drawn = await generated(...prompt, '--seed', '3', '--top-p', '0.9');
    assert.deepEqual(await generated(...prompt, '--seed', '3', '--top-p', '0.9'), drawn);
    assert.notDeepEqual(await generated(...prompt, '--seed', '4', '--top-p', '0.9'), drawn);
  });

  it('writes behind the tail of a prompt in the middle, and refuses a tail for any other prompt', async () => {
    const tiny = await tinyExperiment();
    try {
      const folder = join(tiny.folder, 'infix');
      await cp(join(root, 'test/fixtures/adapters/causal'), folder, { recursive: true });
      await writeFile(join(folder, 'studio.json'), JSON.stringify({ notes: { position: 'infix' } }));
      const words = ['--text', 'The film', '--tail', ' is it good?', '--max-tokens', '6', '--json'];
      const { status, out, err } = await softprompt('generate', tinyModel, '--prompt', folder, ...words);
      assert.equal(status, 0, err);
      const { prompt, length } = await readStoredPrompt(folder);
      const model = await loadFrozenModel(tinyModel);
      const options = { executionProvider: 'cpu', promptLength: length, promptBehindText: true } as const;
      const session = await model.openGenerationSession(options);
      const inputIds = model.encodeInput('The film is it good?');
      const tailTokens = inputIds.length - model.encodeInput('The film').length;
      const [expected] = await session.generate(prompt, [{ inputIds, tailTokens }], { maxNewTokens: 6 });
      await session.release();
      assert.equal((lastLine(out) as { results: { text: string }[] }).results[0]!.text, expected!.text);
      const other = await softprompt('generate', tinyModel, ...words);
      assert.match(other.err, /--tail is for prompts with the position infix/);
    } finally {
      await tiny.remove();
    }
  });

  it('inspects a run with its effects, and compares its checkpoints, in tables and as JSON', async () => {
    const tiny = await tinyExperiment();
    try {
      const tuned = await softprompt('tune', tiny.file, '--json');
      const { folder, adapter } = lastLine(tuned.out) as { folder: string; adapter: string };
      const shown = await softprompt('inspect', folder, '--effects', 'run', '--rows', '4', '--neighbours', '3');
      assert.equal(shown.status, 0, shown.err);
      assert.match(shown.out, /4 virtual tokens of width 16/);
      assert.match(shown.out, /nearest tokens +cosine +meaning .* masked: loss +accuracy/);
      assert.match(shown.out, /label +n: /);
      const inspected = await softprompt('inspect', adapter, '--json', '--metric', 'euclidean');
      const { metric, snapshots } = lastLine(inspected.out) as { metric: string; snapshots: { tokens: unknown[] }[] };
      assert.deepEqual([metric, snapshots[0]!.tokens.length], ['euclidean', 4]);

      const start = join(folder, 'checkpoints/step-000000');
      const table = await softprompt('diff', start, adapter);
      assert.equal(table.status, 0, table.err);
      assert.match(table.out, /tokens +4 changed/);
      const { tokens } = lastLine((await softprompt('diff', start, start, '--json')).out) as {
        tokens: { change: string }[];
      };
      assert.ok(tokens.every(({ change }) => change === 'unchanged'));
      const wrong = await softprompt('inspect', folder, '--metric', 'angle');
      assert.deepEqual([wrong.status, /cosine, euclidean/.test(wrong.err)], [2, true]);
    } finally {
      await tiny.remove();
    }
  });

  it('verifies a model in float64', async () => {
    const { status, out, err } = await softprompt('verify', tinyModel, '--json');
    assert.equal(status, 0, err);
    const result = lastLine(out) as {
      passed: boolean;
      relativeError: number;
      vocabulary: number;
      architecture: string;
    };
    assert.ok(result.passed && result.relativeError < 1e-7, String(result.relativeError));
    assert.equal(result.architecture, 'llama');
    assert.equal(result.vocabulary, 288);
  });

  it('imports a prompt, lists it, and exports it again', async () => {
    await inTemporaryFolder(async (folder) => {
      const [runsFolder, out] = [join(folder, 'runs'), join(folder, 'out')];
      const adapter = join(root, 'test/fixtures/adapters/logits/causal');
      const imported = await softprompt('import', adapter, '--model', tinyModel, '--runs', runsFolder, '--json');
      assert.equal(imported.status, 0, imported.err);
      const { folder: run, record } = lastLine(imported.out) as { folder: string; record: { id: string } };
      const listed = await softprompt('runs', '--runs', runsFolder);
      assert.match(listed.out, new RegExp(`${record.id} +finished +imported`));
      const exported = await softprompt('export', run, out);
      assert.equal(exported.status, 0, exported.err);
      assert.equal(exported.out, `${out}: 5 virtual tokens of width 16\n`);
      const array = await softprompt('export', out, join(folder, 'prompt.npy'), '--json');
      assert.deepEqual(lastLine(array.out), { path: join(folder, 'prompt.npy'), length: 5, width: 16 });

      const t5 = join(root, 'test/fixtures/adapters/logits/encoder-decoder');
      const refused = await softprompt('import', t5, '--model', tinyModel, '--runs', runsFolder);
      assert.equal(refused.status, 1);
      assert.match(refused.err, /The prompt belongs to a model of kind encoder-decoder; llama-tied is decoder-only/);
    });
  });

  it('answers wrong use with status 2 and one line', async () => {
    for (const words of [
      ['fly'],
      ['tune'],
      ['tune', 'a', 'b'],
      ['runs', '--nope'],
      ['tune', 'a', '--provider', 'abacus'],
      ['import', 'a'],
      ['export', 'a', 'b', '--format', 'bin'],
      ['generate', 'bundled'],
      ['generate', 'bundled', '--text', 'a', '--top-p', 'most'],
    ]) {
      const { status, out, err } = await softprompt(...words);
      assert.equal(status, 2, words.join(' '));
      assert.equal(out, '');
      assert.match(err, /^softprompt: [^\n]+\n$/);
    }
  });

  it('answers failure with status 1 and says what is missing', async () => {
    const missing = await softprompt('tune', 'nowhere.tune.json');
    assert.equal(missing.status, 1);
    assert.match(missing.err, /nowhere\.tune\.json: there is no such file\n$/);
    const noModel = await softprompt('verify', './no-model');
    assert.equal(noModel.status, 1);
    assert.match(noModel.err, /no-model/);
  });

  it('says its version, and which folder of runs is not there', async () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    assert.deepEqual(await softprompt('--version').then(({ status, out }) => [status, out]), [0, `${version}\n`]);
    const { status, err } = await softprompt('runs', '--runs', 'nowhere');
    assert.equal(status, 1);
    assert.match(err, /nowhere: there is no such folder/);
  });

  it('shows its commands', async () => {
    const { status, out } = await softprompt('--help');
    assert.equal(status, 0);
    for (const command of ['tune', 'runs', 'verify', 'generate', 'evaluate', 'import', 'export', 'models'])
      assert.ok(out.includes(`softprompt ${command} `), out);
  });
});
