import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type {
  DownloadedModel,
  HubSearchPage,
  ModelFilesReport,
  ModelList,
  ModelRecommendation,
} from '../../../extension/protocol/models';
import { HubFixture, tiny, tinyFiles } from '../library/hubFixture';
import { cliEntry, root, tinyExperiment } from './tinyExperiment';

describe('softprompt models', () => {
  let fixture: HubFixture;
  beforeEach(async () => {
    const told = { pipeline_tag: 'text-generation', config: { model_type: 'llama' } };
    fixture = await HubFixture.start({ [tiny]: { files: tinyFiles, told } });
  });
  afterEach(() => fixture.close());

  async function softprompt(...words: readonly string[]): Promise<{ status: number | null; out: string; err: string }> {
    const env = { ...process.env, ...fixture.environment, XDG_CACHE_HOME: '', HF_HOME: '', HF_HUB_CACHE: '' };
    const child = spawn(process.execPath, [cliEntry, ...words], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
    return { status: child.exitCode, out, err };
  }
  async function json<Result>(...words: readonly string[]): Promise<Result> {
    const { status, out, err } = await softprompt(...words, '--json');
    assert.equal(status, 0, err);
    return JSON.parse(out) as Result;
  }

  it('searches, downloads, lists, checks and removes', async () => {
    const { results } = await json<HubSearchPage>('models', 'search', 'tiny');
    assert.deepEqual(
      results.map(({ id }) => id),
      [tiny],
    );
    const { folder, entry } = await json<DownloadedModel>('models', 'download', tiny);
    assert.ok(folder.startsWith(fixture.cache) && entry.runs.ok);
    const { models } = await json<ModelList>('models');
    assert.deepEqual(
      models.map(({ model }) => model),
      ['bundled', tiny],
    );
    const { problems } = await json<ModelFilesReport>('models', 'verify', tiny);
    assert.deepEqual(problems, []);
    assert.match((await softprompt('models', 'remove', tiny)).out, /lab\/tiny is removed/);
    assert.deepEqual(
      (await json<ModelList>('models')).models.map(({ model }) => model),
      ['bundled'],
    );
  });

  it('make an id of the hub usable as the model of an experiment, whose adapter then names it', async () => {
    const experiment = await tinyExperiment({}, { model: tiny });
    try {
      const early = await softprompt('tune', experiment.file);
      assert.equal(early.status, 1);
      assert.match(early.err, /not on this machine.*softprompt models download lab\/tiny/);
      await softprompt('models', 'download', tiny);
      const { adapter } = await json<{ adapter: string }>('tune', experiment.file);
      const config = JSON.parse(readFileSync(join(adapter, 'adapter_config.json'), 'utf8')) as Record<string, unknown>;
      assert.equal(config['base_model_name_or_path'], tiny);
    } finally {
      await experiment.remove();
    }
  });

  it('recommends models of many languages for texts that are not English, without asking the hub', async () => {
    const file = join(fixture.home, 'reviews.csv');
    const row = 'Das Telefon läuft sehr gut und die Batterie hält den ganzen Tag,gut\n';
    writeFileSync(file, `text,label\n${row.repeat(20)}`);
    const asked = fixture.hub.asked.length;
    const { models, english } = await json<ModelRecommendation>('models', 'recommend', file);
    assert.equal(english, false);
    assert.ok(models.length > 0);
    for (const { id, stepSeconds, memory, downloaded } of models) {
      assert.match(id, /Qwen|gemma/);
      assert.ok(stepSeconds > 0 && memory.total > 0 && !downloaded, id);
    }
    assert.equal(fixture.hub.asked.length, asked);
    const { out } = await softprompt('models', 'recommend', file);
    assert.match(out, /The texts do not look English\.\n/);
    assert.match(out, new RegExp(`${models[0]!.id}: good for `));
  });

  it('answers refusals with one line', async () => {
    for (const [words, status, message] of [
      [['models', 'download', 'lab/nothing'], 1, /no public model/],
      [['models', 'remove', 'lab/nothing'], 1, /not in a cache of models/],
      [['models', 'fly'], 2, /the words are list, recommend, search, download, verify, remove/],
      [['models', 'download'], 2, /expected 1 argument/],
    ] as const) {
      const answer = await softprompt(...words);
      assert.equal(answer.status, status, answer.err);
      assert.match(answer.err, message);
      assert.equal(
        answer.err
          .trimEnd()
          .split('\n')
          .filter((line) => line.startsWith('softprompt:')).length,
        1,
      );
    }
  });
});
