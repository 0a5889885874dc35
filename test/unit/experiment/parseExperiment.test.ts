import * as assert from 'node:assert/strict';
import { ExperimentError, fieldRange, parseExperiment } from '../../../extension/protocol/parseExperiment';

const valid = {
  model: 'bundled',
  data: { train: 'reviews.jsonl' },
  task: {
    template: 'review: {text} sentiment:',
    label: { column: 'label', words: { '0': 'negative', '1': 'positive' } },
  },
};

function written(changes: object): string {
  return JSON.stringify({ ...valid, ...changes }, undefined, 2);
}

function messageOf(text: string): string {
  try {
    parseExperiment(text, 'reviews.tune.json');
  } catch (error) {
    assert.ok(error instanceof ExperimentError);
    return error.message;
  }
  return assert.fail('the experiment was accepted');
}

describe('an experiment file', () => {
  it('with only a model, data and a task is enough', () => {
    assert.deepEqual(parseExperiment(written({}), 'reviews.tune.json'), valid);
  });

  it('may start with a byte order mark', () => {
    assert.deepEqual(parseExperiment(`\uFEFF${written({})}`, 'reviews.tune.json'), valid);
  });

  it('that is not JSON is refused with the line and column of the mistake', () => {
    assert.equal(
      messageOf('{\n  "model": "bundled"\n  "data": {}\n}'),
      'reviews.tune.json:3:3: a comma is missing before this',
    );
    assert.match(messageOf('{ "model": "bundled", }'), /^reviews\.tune\.json:1:23: .*remove the comma/);
    assert.match(messageOf('{\n  // note\n}'), /^reviews\.tune\.json:2:3: a comment cannot stand in JSON/);
    assert.match(messageOf('{ "model": "bund'), /^reviews\.tune\.json:1:12: this text has no closing double quote/);
    assert.match(messageOf('{ "model": "bundled"'), /^reviews\.tune\.json:1:21: a closing } is missing/);
    assert.match(messageOf("{ 'model': 'bundled' }"), /^reviews\.tune\.json:1:3: this is not JSON; texts/);
    assert.equal(messageOf('  '), 'reviews.tune.json:1:3: the file is empty');
  });

  it('whose task proves nothing is refused at the placeholder or the words that are wrong', () => {
    const task = { template: 'a {text} { label }', label: { column: 'label', words: { '0': 'no', '1': 'no' } } };
    const text = written({ task });
    const lines = text.split('\n');
    const [leak, equal] = messageOf(text).split('\n');
    const line = lines.findIndex((each) => each.includes('template'));
    const place = `reviews.tune.json:${line + 1}:${lines[line]!.indexOf('{ label }') + 1}: task.template: `;
    assert.ok(leak!.startsWith(`${place}the template holds the label column "label"`), leak);
    assert.match(
      equal!,
      /^reviews\.tune\.json:\d+:\d+: task\.label\.words\.1: the labels "0" and "1" have the same words/,
    );
    assert.match(
      messageOf(written({ task: { ...task, template: 'a } {text}' } })),
      /task\.template: .* a \} without its \{/,
    );
  });

  it('tells where a field is written, or a placeholder in it', () => {
    const text = written({});
    const piece = (path: string[], within?: string): string => text.slice(...fieldRange(text, path, within));
    assert.equal(piece(['task', 'template'], 'text'), '{text}');
    assert.equal(piece(['task', 'template'], 'other'), '"review: {text} sentiment:"');
    assert.equal(piece(['task', 'label', 'column']), '"label"');
    assert.equal(piece(['data', 'dev']), '{');
  });

  it('that is not an object is refused', () => {
    assert.match(messageOf('[]'), /^reviews\.tune\.json:1:1: give an object/);
    assert.match(messageOf('null'), /^reviews\.tune\.json:1:1: give an object/);
  });

  it('is refused with the field and the place of every mistake, in the order of the file', () => {
    const text = written({
      training: { steps: 0, optimizer: { name: 'adamw', learningRate: -1, lr: 3 }, seed: 1.5, metric: 'f1' },
    });
    const lines = text.split('\n');
    const at = (field: string): string => {
      const line = lines.findIndex((each) => each.includes(`"${field}"`));
      return `reviews.tune.json:${line + 1}:${lines[line]!.indexOf(': ') + 3}: `;
    };
    assert.deepEqual(messageOf(text).split('\n'), [
      `${at('steps')}training.steps: must be at least 1`,
      `${at('learningRate')}training.optimizer.learningRate: must be more than 0`,
      `${at('lr')}training.optimizer.lr: there is no such field; known here: name, learningRate, weightDecay, beta1, beta2, epsilon`,
      `${at('seed')}training.seed: give a whole number`,
      `${at('metric')}training.metric: give one of "accuracy", "macro-f1", "exact-match", "loss"`,
    ]);
  });

  it('with an unknown optimiser is told the known ones', () => {
    const message = messageOf(written({ training: { optimizer: { name: 'adam', learningRate: 1 } } }));
    assert.match(message, /training\.optimizer\.name: give one of "adafactor", "adamw", "sgd"$/);
  });

  it('with a missing field is told where it belongs', () => {
    assert.match(messageOf('{}'), /^reviews\.tune\.json:1:1: model: is missing; give a text in double quotes$/m);
    assert.match(messageOf(written({ data: {} })), /data\.train: is missing/);
  });

  it('has either label words or a free-text target', () => {
    const neither = { template: '{text}' };
    const both = { ...valid.task, target: 'answer' };
    for (const task of [neither, both]) {
      assert.match(messageOf(written({ task })), /task: give either "label" \(classification\) or "target"/);
    }
  });

  it('ranks label words by the sum or the mean of their log-probabilities, by nothing else', () => {
    const scoredBy = (scoring: string): string =>
      written({ task: { ...valid.task, label: { ...valid.task.label, scoring } } });
    const { task } = parseExperiment(scoredBy('mean'), 'reviews.tune.json');
    assert.equal(task.label!.scoring, 'mean');
    assert.match(messageOf(scoredBy('median')), /task\.label\.scoring: give one of "sum", "mean"$/);
  });

  it('has shares of a split that add up to 1', () => {
    const data = { train: 'a.csv', split: { train: 0.8, dev: 0.1, test: 0.2 } };
    assert.match(messageOf(written({ data })), /data\.split: the shares train, dev and test add up to 1$/);
  });

  it('cannot ask for what its task does not have', () => {
    const task = { template: '{question}', target: 'answer' };
    assert.match(messageOf(written({ task, training: { metric: 'macro-f1' } })), /training\.metric: free text has no/);
    assert.match(
      messageOf(written({ task, prompt: { initialiser: 'class-labels' } })),
      /prompt\.initialiser: free text/,
    );
    assert.match(messageOf(written({ prompt: { initialiser: 'text' } })), /prompt\.text: the "text" initialiser needs/);
    assert.match(messageOf(written({ prompt: { initialiser: 'prompt' } })), /prompt\.from: .*needs "from": the run,/);
    assert.match(messageOf(written({ prompt: { from: 'spot.npy' } })), /prompt\.from: "from" is only for the "prompt"/);
  });
});
