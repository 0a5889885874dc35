import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  experimentText,
  freeExperimentFile,
  isExperimentFile,
  stem,
} from '../../../extension/editor/experiments/experimentFile';
import { parseExperiment } from '../../../extension/protocol/parseExperiment';

describe('the experiment that Tune Prompt writes', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'experiment-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('lies beside its data set, under a name that no file has', async () => {
    const data = join(folder, 'reviews.jsonl');
    assert.equal(await freeExperimentFile(data), join(folder, 'reviews.tune.json'));
    await writeFile(join(folder, 'reviews.tune.json'), '');
    await writeFile(join(folder, 'reviews-2.tune.json'), '');
    assert.equal(await freeExperimentFile(data), join(folder, 'reviews-3.tune.json'));
  });

  it('is a valid experiment, with paths that start from it', () => {
    const file = join(folder, 'reviews.tune.json');
    const text = experimentText(file, {
      dataSet: join(folder, 'reviews.jsonl'),
      task: { template: '{text}:', label: { column: 'label', words: { a: 'good', b: 'bad' } } },
      model: join(folder, '..', 'models', 'tiny'),
      preset: 'custom',
      prompt: { length: 8 },
      training: { steps: 12, optimizer: { name: 'adafactor', learningRate: 0.3 } },
    });
    const experiment = parseExperiment(text, file);
    assert.equal(experiment.name, 'reviews');
    assert.equal(experiment.data.train, 'reviews.jsonl');
    assert.equal(experiment.model, '../models/tiny');
    assert.equal(experiment.training?.preset, 'custom');
    assert.equal(experiment.training.steps, 12);
  });

  it('names the prompt that it starts from by a path that starts from it, too', () => {
    const file = join(folder, 'reviews.tune.json');
    const text = experimentText(file, {
      dataSet: join(folder, 'reviews.jsonl'),
      task: { template: '{text}:', target: 'label' },
      model: 'bundled',
      preset: 'custom',
      prompt: { length: 8, initialiser: 'prompt', from: join(folder, '.prompt-runs', 'spot') },
    });
    const { prompt } = parseExperiment(text, file);
    assert.deepEqual(prompt, { length: 8, initialiser: 'prompt', from: '.prompt-runs/spot' });
  });

  it('keeps a model of the hub by its name', () => {
    const file = join(folder, 'reviews.tune.json');
    const text = experimentText(file, {
      dataSet: join(folder, 'reviews.jsonl'),
      task: { template: '{text}:', target: 'label' },
      model: 'organisation/name',
      preset: 'quick',
    });
    assert.equal(parseExperiment(text, file).model, 'organisation/name');
  });

  it('is known by its name', () => {
    assert.equal(isExperimentFile('/a/reviews.tune.json'), true);
    assert.equal(isExperimentFile('/a/reviews.json'), false);
    assert.equal(stem('/a/reviews.tune.json'), 'reviews');
    assert.equal(stem('/a/reviews.2026.jsonl'), 'reviews.2026');
  });
});
