import * as assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { experimentSchema, presets } from '../../../extension/protocol/experiment';
import type { Experiment } from '../../../extension/protocol/experiment';
import type { Preset } from '../../../extension/protocol/presets';
import { presetTable, resolveExperiment } from '../../../extension/protocol/presets';

const reviews: Experiment = {
  model: 'bundled',
  data: { train: 'reviews.jsonl' },
  task: { template: '{text}', label: { column: 'label', words: { a: 'x', b: 'y' } } },
};
const answers: Experiment = { ...reviews, task: { template: '{question}', target: 'answer' } };

describe('a resolved experiment', () => {
  it('with the paper preset is the recipe of Lester et al. 2021', () => {
    const { prompt, training } = resolveExperiment({ ...reviews, training: { preset: 'paper' } });
    assert.deepEqual(prompt, {
      position: 'prefix',
      length: 100,
      initialiser: 'class-labels',
      range: 0.5,
      topTokens: 5000,
    });
    assert.deepEqual(training.optimizer, {
      name: 'adafactor',
      learningRate: 0.3,
      weightDecay: 1e-5,
      decayRate: 0.8,
      clippingThreshold: 1,
      stepOrigin: 1_100_000,
    });
    assert.deepEqual(training.schedule, { name: 'constant', warmUpSteps: 0 });
    assert.deepEqual([training.steps, training.batchSize, training.gradientClipping], [30_000, 32, undefined]);
  });

  it('is quick where no preset is named, and custom starts from the same values', () => {
    const unnamed = resolveExperiment(reviews);
    const custom = resolveExperiment({ ...reviews, training: { preset: 'custom' } });
    assert.equal(unnamed.training.preset, 'quick');
    assert.deepEqual({ ...custom, training: { ...custom.training, preset: 'quick' } }, unnamed);
  });

  it('keeps where a prompt starts from', () => {
    const { prompt } = resolveExperiment({ ...reviews, prompt: { initialiser: 'prompt', from: 'spot.npy' } });
    assert.deepEqual([prompt.initialiser, prompt.from, prompt.length], ['prompt', 'spot.npy', 20]);
  });

  it('keeps every field that the file gives, whatever the preset', () => {
    const given: Experiment = {
      ...reviews,
      name: 'mine',
      data: {
        train: 'a.csv',
        dev: 'b.csv',
        limit: 16,
        split: { train: 0.5, dev: 0, test: 0.5, seed: 7, stratified: false },
      },
      task: { ...reviews.task, label: { ...reviews.task.label!, scoring: 'mean' }, maxTokens: 33 },
      prompt: { position: 'suffix', length: 3, initialiser: 'text', text: 'hello', range: 0.1, topTokens: 9 },
      training: {
        optimizer: { name: 'sgd', learningRate: 2, momentum: 0, nesterov: true },
        schedule: { name: 'cosine', warmUpSteps: 4 },
        steps: 5,
        batchSize: 6,
        microBatchTokens: 77,
        gradientClipping: 0.5,
        evaluateEvery: 2,
        checkpointEvery: 1,
        patience: 0,
        metric: 'loss',
        seed: 8,
      },
      executionProvider: 'cpu',
      frozenWeights: 'int4',
      precision: 'float16',
    };
    for (const preset of presets) {
      const experiment = { ...given, training: { ...given.training, preset } };
      assert.deepEqual(resolveExperiment(experiment, 'file'), experiment);
    }
  });

  it('takes what is given over the optimiser of its preset, and another one with its own defaults', () => {
    const { optimizer } = presetTable.paper;
    const resolved = (given: NonNullable<Experiment['training']>['optimizer']): object =>
      resolveExperiment({ ...reviews, training: { preset: 'paper', optimizer: given } }).training.optimizer;
    assert.deepEqual(resolved(undefined), optimizer);
    assert.deepEqual(resolved({ name: 'adafactor', learningRate: 1 }), { ...optimizer, learningRate: 1 });
    assert.deepEqual(resolved({ name: 'sgd', learningRate: 1 }), {
      name: 'sgd',
      learningRate: 1,
      momentum: 0.9,
      nesterov: false,
    });
  });

  it('of a few steps warms up for a tenth of them at most', () => {
    const { schedule } = resolveExperiment({ ...reviews, training: { steps: 20 } }).training;
    assert.deepEqual(schedule, { name: presetTable.quick.schedule.name, warmUpSteps: 2 });
  });

  it('fills the fields of a partly given optimiser and schedule', () => {
    const { training } = resolveExperiment({
      ...reviews,
      training: {
        preset: 'paper',
        optimizer: { name: 'adamw', learningRate: 0.01 },
        schedule: { name: 'warm-up' },
        steps: 95,
      },
    });
    assert.deepEqual(training.optimizer, {
      name: 'adamw',
      learningRate: 0.01,
      weightDecay: 0,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
    });
    assert.deepEqual(training.schedule, { name: 'warm-up', warmUpSteps: 10 });
  });

  it('of free text starts from sampled vocabulary and is judged by its loss', () => {
    const { prompt, training } = resolveExperiment(answers);
    assert.deepEqual([prompt.initialiser, training.metric], ['sampled-vocabulary', 'loss']);
  });

  it('shorter than an evaluation interval is still evaluated, at its last step', () => {
    const { training } = resolveExperiment({ ...reviews, training: { steps: 7 } });
    assert.deepEqual([training.evaluateEvery, training.checkpointEvery], [7, 7]);
  });

  it('is an experiment itself, and resolving it again changes nothing', () => {
    for (const preset of presets) {
      for (const experiment of [reviews, answers]) {
        const resolved = resolveExperiment({ ...experiment, training: { preset } }, 'reviews');
        assert.deepEqual(experimentSchema.parse(JSON.parse(JSON.stringify(resolved))), resolved);
        assert.deepEqual(resolveExperiment(resolved, 'other'), resolved);
      }
    }
  });
});

describe('the preset table of docs/experiment-file.md', () => {
  it('tells the values that runs take', () => {
    const rows = new Map(
      readFileSync('docs/experiment-file.md', 'utf8')
        .split('\n')
        .map((line) => line.split('|').map((cell) => cell.replaceAll('`', '').trim()))
        .filter((cells) => cells.length === 5)
        .map(([, name, quick, paper]) => [name!, [quick, paper].map((text) => Number(text!.replaceAll(',', '')))]),
    );
    const { quick, paper } = presetTable;
    const documented: [string, keyof Preset][] = [
      ['prompt length', 'promptLength'],
      ['maxTokens', 'maxTokens'],
      ['steps', 'steps'],
      ['batchSize', 'batchSize'],
      ['microBatchTokens', 'microBatchTokens'],
      ['evaluateEvery', 'evaluateEvery'],
      ['patience', 'patience'],
    ];
    for (const [name, field] of documented) assert.deepEqual(rows.get(name), [quick[field], paper[field]], name);
    assert.deepEqual(rows.get('learning rate'), [quick.optimizer.learningRate, paper.optimizer.learningRate]);
  });
});
