import assert from 'node:assert/strict';
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadFrozenModel } from '../../../extension/engine/models/loadFrozenModel';
import { npyFile } from '../../../extension/engine/prompts/npy';
import type { PromptDiff, PromptInspection, TokenEffects } from '../../../extension/protocol/inspection';
import type { DiffPromptsJob, InspectJob, JobEvent, TokenEffectsJob } from '../../../extension/protocol/trainer';
import { readExamples, readPredictions, runEvaluationFolder } from '../../../extension/runs/evaluationFolder';
import { checkpointPath } from '../../../extension/runs/checkpoints';
import { TrainerFailure } from '../../../extension/trainer/failure';
import { runJob } from '../../../extension/trainer/jobs/table';
import { plantedPrompt, type Planted } from '../interpretation/plantedPrompt';
import { inTemporaryFolder } from '../runs/records';
import { bundledModel, root, tinyExperiment, tinyModel, type TinyExperiment } from './tinyExperiment';

interface Heard {
  readonly events: JobEvent[];
  readonly context: Parameters<typeof runJob>[1];
}
function hearing(stopAfter?: JobEvent['type']): Heard {
  const stopping = new AbortController();
  const events: JobEvent[] = [];
  const event = (each: JobEvent): void => {
    events.push(each);
    if (each.type === stopAfter) stopping.abort();
  };
  const nothing = (): void => undefined;
  const context = { resources: { bundledModel }, orphaned: () => false, log: nothing, heartbeat: nothing };
  return { events, context: { ...context, signal: stopping.signal, event } };
}

const inspect = (prompt: string, change: Partial<InspectJob> = {}, heard = hearing()): Promise<PromptInspection> =>
  runJob({ kind: 'inspect', prompt, baseFolder: root, ...change }, heard.context);
const effects = (prompt: string, change: Partial<TokenEffectsJob> = {}): Promise<TokenEffects> =>
  runJob({ kind: 'token-effects', prompt, baseFolder: root, executionProvider: 'cpu', ...change }, hearing().context);
const diff = (a: string, b: string, change: Partial<DiffPromptsJob> = {}): Promise<PromptDiff> =>
  runJob({ kind: 'diff-prompts', a, b, baseFolder: root, ...change }, hearing().context);
const refused = (work: Promise<unknown>, code: string, reason: RegExp): Promise<void> =>
  assert.rejects(work, (error: Error) => {
    assert.ok(error instanceof TrainerFailure, error.stack);
    assert.equal(error.code, code);
    assert.match(error.message, reason);
    return true;
  });

/** A prompt file of known tokens, of the tiny model or another. */
async function plantedFile(folder: string, tokens: readonly Planted[], model = tinyModel): Promise<string> {
  const loaded = await loadFrozenModel(model);
  const data = await plantedPrompt(loaded, tokens);
  const file = join(folder, `planted-${tokens.length}.npy`);
  writeFileSync(file, npyFile({ rows: tokens.length, width: loaded.width, data }));
  return file;
}

describe('inspecting a prompt of known tokens', () => {
  const planted = [40, 90, 120, 150, 90].map((id, position): Planted => ({ id, noise: 0.05, scale: 1 + position }));

  for (const metric of ['cosine', 'euclidean'] as const)
    it(`brings them back as they were planted (${metric})`, async () => {
      await inTemporaryFolder(async (folder) => {
        // Far from every token by distance, a scaled one is still the same direction.
        const tokens = metric === 'cosine' ? planted : planted.map(({ id }) => ({ id, noise: 0.05 }));
        const file = await plantedFile(folder, tokens);
        const { snapshots, prompt, model, checkpoints, trajectory } = await inspect(file, { model: tinyModel, metric });
        const [snapshot] = snapshots;
        assert.deepEqual(
          snapshot!.tokens.map(({ neighbours }) => neighbours[0]!.id),
          tokens.map(({ id }) => id),
        );
        assert.ok(snapshot!.tokens.every(({ meaningful }) => meaningful));
        assert.deepEqual([prompt.length, prompt.width, model.vocabulary], [5, 16, 288]);
        assert.deepEqual([checkpoints, trajectory], [[], undefined]);
      });
    });

  it('finds the duplicate, the rank and the clusters that were planted, and draws every token once', async () => {
    await inTemporaryFolder(async (folder) => {
      const twins = [30, 60, 30, 60, 30, 60].map((id): Planted => ({ id, noise: 0.02 }));
      const file = await plantedFile(folder, twins);
      const { snapshots } = await inspect(file, { model: tinyModel, neighbours: 4 });
      const { tokens, duplicates, effectiveRank, clusters, projections } = snapshots[0]!;
      assert.deepEqual(
        tokens.map(({ duplicateOf }) => duplicateOf),
        [undefined, undefined, 0, 1, 0, 1],
      );
      assert.equal(duplicates.length, 6);
      assert.ok(effectiveRank < 2.3, `${effectiveRank}`);
      assert.deepEqual(
        clusters.virtualTokens.clusters.map(({ positions }) => positions),
        [
          [0, 2, 4],
          [1, 3, 5],
        ],
      );
      const distinct = new Set(tokens.flatMap(({ neighbours }) => neighbours.map(({ id }) => id)));
      assert.deepEqual(
        projections.map(({ method }) => method),
        ['pca', 'umap'],
      );
      for (const { virtualTokens, neighbours } of projections) {
        assert.equal(virtualTokens.length, 6);
        assert.equal(neighbours.length, distinct.size);
        assert.ok([...virtualTokens, ...neighbours.map(({ point }) => point)].flat().every(Number.isFinite));
      }
    });
  });

  it('calls the neighbours of random numbers meaningless', async () => {
    await inTemporaryFolder(async (folder) => {
      const file = join(folder, 'random.npy');
      const noise = await plantedPrompt(
        await loadFrozenModel(tinyModel),
        Array.from({ length: 30 }, () => ({ id: 3, noise: 1e4 })),
      );
      writeFileSync(file, npyFile({ rows: 30, width: 16, data: noise }));
      const { snapshots } = await inspect(file, { model: tinyModel });
      assert.ok(snapshots[0]!.baseline.meaningful <= 1, `${snapshots[0]!.baseline.meaningful} of 30`);
    });
  });

  it('gives the same numbers and the same picture again', async () => {
    await inTemporaryFolder(async (folder) => {
      const file = await plantedFile(folder, planted);
      assert.deepEqual(await inspect(file, { model: tinyModel }), await inspect(file, { model: tinyModel }));
    });
  });

  it('is refused with the reason where no model is named, or one that it does not fit', async () => {
    await inTemporaryFolder(async (folder) => {
      const file = await plantedFile(folder, planted);
      await refused(inspect(file), 'bad-model', /planted-5\.npy: does not say which frozen model/);
      await refused(inspect(file, { model: 'nowhere' }), 'bad-model', /nowhere/);
      const adapter = join(folder, 'adapter');
      cpSync('test/fixtures/adapters/causal', adapter, { recursive: true });
      await refused(
        inspect(adapter),
        'bad-model',
        /adapter: says that its frozen model is models\/tiny, .* Or name the frozen model yourself/,
      );
      await refused(inspect(file, { model: 'bundled' }), 'bad-prompt', /width 16; bundled has embeddings of width 576/);
      await refused(inspect(file, { model: tinyModel, neighbours: 999 }), 'bad-model', /vocabulary of 288/);
      await refused(inspect(join(folder, 'none.npy'), { model: tinyModel }), 'bad-prompt', /none\.npy/);
    });
  });
});

describe('inspecting a run', function () {
  this.timeout(120_000);
  let tiny: TinyExperiment;
  let run: string;
  const steps = [0, 4, 8, 12];
  before(async () => {
    tiny = await tinyExperiment();
    const job = { kind: 'tune', experimentFile: tiny.file, runsFolder: tiny.runsFolder } as const;
    run = (await runJob({ ...job, executionProvider: 'cpu' }, hearing().context)).folder;
  });
  after(() => tiny.remove());

  it('shows its best checkpoint first, then each other one, newest first', async () => {
    const heard = hearing();
    const { snapshots, checkpoints } = await inspect(run, {}, heard);
    const best = checkpoints.find((each) => each.best)!.step;
    const told = heard.events.flatMap((event) => (event.type === 'phase' ? [] : [event]));
    assert.equal(told[0]!.type, 'inspection');
    const order = [best, ...steps.filter((step) => step !== best).toReversed()];
    assert.deepEqual(
      told.slice(1).map((event) => event.type === 'snapshot' && event.snapshot.step),
      order,
    );
    assert.deepEqual(
      snapshots.map(({ step }) => step),
      order,
    );
    assert.deepEqual(
      checkpoints.map(({ step }) => step),
      steps,
    );
  });

  it('tells how far each token moved, what it started as and where the labels are', async () => {
    const { snapshots, trajectory, labels } = await inspect(run);
    assert.equal(trajectory?.start, 'checkpoint');
    assert.deepEqual(trajectory.checkpoints[0], { step: 0, distances: [0, 0, 0, 0] });
    assert.ok(trajectory.checkpoints.at(-1)!.distances.every((distance) => distance > 0));
    const start = snapshots.find(({ step }) => step === 0)!;
    assert.ok(start.tokens.every(({ persists, moved }) => persists === true && moved === 0));
    assert.deepEqual(
      start.tokens.slice(0, 2).map(({ initialWords }) => initialWords),
      ['n', 'y'],
    );
    assert.deepEqual(
      labels.map(({ words, position, found }) => [words, position, found.map(({ step }) => step)]),
      [
        ['n', 0, steps],
        ['y', 1, steps],
      ],
    );
    assert.ok(labels.every(({ position, found }) => found[0]!.positions.includes(position!)));
  });

  it('stops after what it was asked for is shown', async () => {
    const heard = hearing('inspection');
    const { snapshots } = await inspect(run, {}, heard);
    assert.equal(snapshots.length, 1);
    assert.equal((await inspect(run, { onlyFirst: true })).snapshots.length, 1);
  });

  it('starts with the checkpoint that was named, by its folder or a file in it', async () => {
    for (const path of [checkpointPath(run, 4), join(checkpointPath(run, 4), 'adapter_model.safetensors')]) {
      const { prompt, snapshots } = await inspect(path, { onlyFirst: true });
      assert.deepEqual([prompt.step, prompt.name, snapshots[0]!.step], [4, 'tiny, step 4', 4]);
    }
  });

  it('computes the start again where its checkpoint is gone, and leaves a damaged checkpoint out', async () => {
    const whole = await inspect(run);
    rmSync(checkpointPath(run, 0), { recursive: true });
    writeFileSync(join(checkpointPath(run, 8), 'adapter_model.safetensors'), 'damaged');
    const { trajectory, checkpoints, warnings } = await inspect(run);
    assert.equal(trajectory?.start, 'recomputed');
    assert.deepEqual(trajectory.checkpoints, [whole.trajectory!.checkpoints[1], whole.trajectory!.checkpoints[3]]);
    assert.deepEqual(
      checkpoints.map(({ step }) => step),
      [4, 12],
    );
    assert.ok(warnings.some((warning) => /step 8 is left out/.test(warning)));
    assert.ok(warnings.some((warning) => /computed again/.test(warning)));
  });
});

describe('token effects and differences of runs', function () {
  this.timeout(120_000);
  let tiny: TinyExperiment;
  let other: TinyExperiment;
  let [run, otherRun] = ['', ''];
  before(async () => {
    tiny = await tinyExperiment();
    other = await tinyExperiment({ seed: 7, steps: 8 });
    const tune = async ({ file, runsFolder }: TinyExperiment): Promise<string> =>
      (await runJob({ kind: 'tune', experimentFile: file, runsFolder, executionProvider: 'cpu' }, hearing().context))
        .folder;
    [run, otherRun] = [await tune(tiny), await tune(other)];
  });
  after(async () => {
    await tiny.remove();
    await other.remove();
  });

  it('measures every virtual token on the dev split, the same for the same seed', async () => {
    const first = await effects(run, { sampleSize: 8 });
    assert.deepEqual([first.rows, first.rowsOf, first.metric], [8, 12, 'accuracy']);
    assert.deepEqual(
      first.tokens.map(({ position }) => position),
      [0, 1, 2, 3],
    );
    assert.ok(first.tokens.every(({ masked, replaced }) => masked.loss !== 0 && replaced.loss !== 0));
    assert.deepEqual(await effects(run, { sampleSize: 8 }), first);
  });

  it('measures on another data set with the columns of the task, or for a prompt without a run on an experiment', async () => {
    const rows = join(tiny.folder, 'rows.jsonl');
    assert.equal((await effects(run, { dataset: rows })).rowsOf, 120);
    const alone = join(tiny.folder, 'alone.npy');
    const width = 16;
    const data = await plantedPrompt(await loadFrozenModel(tinyModel), [{ id: 40 }, { id: 50 }]);
    writeFileSync(alone, npyFile({ rows: 2, width, data }));
    await refused(effects(alone, { model: tinyModel }), 'bad-experiment', /Name an experiment file/);
    const { tokens, rowsOf } = await effects(alone, { model: tinyModel, dataset: tiny.file });
    assert.deepEqual([tokens.length, rowsOf], [2, 12]);
  });

  it('compares a checkpoint with its start: every token changed, and the dev scores of both', async () => {
    const { tokens, scores, configuration, a, b } = await diff(checkpointPath(run, 0), checkpointPath(run, 12));
    assert.ok(tokens.every(({ change }) => change === 'changed'));
    assert.deepEqual(configuration, []);
    assert.deepEqual([a.step, b.step], [0, 12]);
    assert.ok(scores.some(({ split, metric }) => split === 'dev' && metric === 'loss'));
    assert.ok(scores.every((score) => Number.isFinite(score.a) && Number.isFinite(score.b)));
  });

  it('tells the rows that two checkpoints predict otherwise, from what their run kept of the dev rows', async () => {
    const [start, end] = [checkpointPath(run, 0), checkpointPath(run, 12)];
    const folder = runEvaluationFolder(run, 'dev');
    const predictions = await readPredictions(folder);
    const examples = await readExamples(folder);
    const said = (step: string, example: number): string => predictions.get(step)!.get(example)!.predicted!;
    const expected = examples.flatMap(({ example, row, input, target }) => {
      const [a, b] = [said('step-000000', example), said('step-000012', example)];
      return a === b ? [] : [{ row, input, target, a, b }];
    });
    const found = (await diff(start, end)).predictions!;
    assert.equal(found.compared, 12);
    assert.ok(expected.length > 0, 'tuning changes something');
    assert.deepEqual(found.changed, expected);
    assert.deepEqual((await diff(end, end)).predictions, { compared: 12, changed: [] });
  });

  it('finds the rows of two runs in an evaluation of both', async () => {
    const request = {
      ...{ datasets: [{ file: join(tiny.folder, 'rows.jsonl'), part: 'all' as const }], prompts: [run, otherRun] },
      ...{ baseFolder: root, ensemble: false, baselines: [], shots: 0, fewShotSeeds: 0 },
      ...{ method: 'rank' as const, assignment: 'grid' as const, seed: 0 },
    };
    // Each run's own evaluations lie beside it, so the one of both is looked for beside both.
    for (const { runsFolder } of [tiny, other]) {
      const job = { kind: 'evaluate', request, runsFolder, executionProvider: 'cpu' } as const;
      await runJob(job, hearing().context);
    }
    assert.equal((await diff(run, otherRun)).predictions!.compared, 120);
  });

  it('compares two runs: the settings that differ, by their names', async () => {
    const { configuration } = await diff(run, otherRun);
    const fields = Object.fromEntries(configuration.map(({ field, ...values }) => [field, values]));
    assert.deepEqual(fields['training.seed'], { a: '0', b: '7' });
    assert.deepEqual(fields['training.steps'], { a: '12', b: '8' });
    assert.equal(fields['model'], undefined);
  });

  it('refuses prompts of two models with the reason, unless one model is named for both', async () => {
    const bare = join(tiny.folder, 'wide.npy');
    writeFileSync(bare, npyFile({ rows: 2, width: 24, data: new Float32Array(48).fill(1) }));
    await refused(diff(run, bare), 'bad-prompt', /different frozen models: their widths are 16 and 24/);
    await refused(diff(bare, bare), 'bad-model', /does not say which frozen model/);
    const other = await tinyExperiment({}, { model: join(tinyModel, '../llama-bf16') });
    try {
      const job = { kind: 'tune', experimentFile: other.file, runsFolder: other.runsFolder } as const;
      const { folder } = await runJob({ ...job, executionProvider: 'cpu' }, hearing().context);
      await refused(diff(run, folder), 'bad-prompt', /learned with llama-tied, .* with llama-bf16/);
      assert.equal((await diff(run, folder, { model: tinyModel })).model.name, 'llama-tied');
    } finally {
      await other.remove();
    }
  });

  it('takes the model from the one that names it', async () => {
    const bare = join(tiny.folder, 'bare.npy');
    const data = await plantedPrompt(await loadFrozenModel(tinyModel), [{ id: 40 }, { id: 50 }]);
    writeFileSync(bare, npyFile({ rows: 2, width: 16, data }));
    const { model, tokens } = await diff(bare, run);
    assert.equal(model.name, 'llama-tied');
    assert.equal(tokens.filter(({ change }) => change === 'added').length, 2);
  });
});
