import assert from 'node:assert/strict';
import { seededRandom } from '../../../extension/engine/datasets/random';
import type { FrozenModel, ScoringSession, ScoringSessionOptions } from '../../../extension/engine/models/frozenModel';
import { loadFrozenModel } from '../../../extension/engine/models/loadFrozenModel';
import type { PredictionLine } from '../../../extension/protocol/evaluation';
import { answers } from '../../../extension/trainer/jobs/evaluation/answers';
import type { Asked, Question } from '../../../extension/trainer/jobs/evaluation/plan';

const promptLength = 3;

/** The model, and of every scoring session how it was opened, whether it shares a beginning, and the prompts of each of its passes. */
class Watched {
  readonly opened: ScoringSessionOptions[] = [];
  readonly shared: boolean[] = [];
  readonly passes: Float32Array[] = [];
  readonly model: FrozenModel;

  constructor(model: FrozenModel) {
    const openScoringSession = async (options: ScoringSessionOptions): Promise<ScoringSession> => {
      const session = await model.openScoringSession(options);
      this.opened.push(options);
      this.shared.push(session.sharedBeginning);
      return {
        ...session,
        score: (prompt, ...others) => {
          this.passes.push(prompt.slice());
          return session.score(prompt, ...others);
        },
      };
    };
    this.model = { ...model, openScoringSession };
  }

  async lines(
    asked: readonly Asked[],
    answered: (question: Question) => boolean = () => false,
  ): Promise<PredictionLine[]> {
    const lines: PredictionLine[] = [];
    const options = {
      method: 'rank',
      device: { executionProvider: 'cpu', weights: 'stored' },
      stop: new AbortController().signal,
    } as const;
    for await (const pass of answers(this.model, asked, answered, options)) lines.push(...pass);
    return lines;
  }
}

function prompt(model: FrozenModel, seed: number, length = promptLength): Float32Array {
  const random = seededRandom(seed, 'prompt');
  return Float32Array.from({ length: length * model.width }, () => random.uniform() * 2 - 1);
}

/** A predictor that is asked about a few texts, of which the first `leadTokens` are the template's. */
function asked(model: FrozenModel, id: string, numbers: Float32Array, leadTokens = 0): Asked {
  const classes = ['no', 'yes'].map((words) => ({ words, targetIds: model.encodeTarget(words) }));
  const questions = ['say: a text', 'say: another text', 'say: some more of it'].map((text, example) => ({
    ...{ predictor: id, example, classes },
    scorable: { inputIds: model.encodeInput(text), leadTokens, targetIds: classes[0]!.targetIds, target: 'no' },
  }));
  return {
    predictor: { id, name: id, kind: 'prompt' },
    ...{ prompt: numbers, behindText: false, datasets: [0], questions },
  };
}

describe('answers of an evaluation', function () {
  this.timeout(60_000);
  const byPredictor = (lines: readonly PredictionLine[], id: string): readonly PredictionLine[] =>
    lines.filter(({ predictor }) => predictor === id).sort((a, b) => a.example - b.example);

  it('of several prompts in front of a decoder-only model come in passes of one prompt each, with the digits that each has alone', async () => {
    const watched = new Watched(await loadFrozenModel('test/fixtures/models/llama-tied'));
    const all = ['one', 'two'].map((id, seed) => asked(watched.model, id, prompt(watched.model, seed)));
    const together = await watched.lines(all);
    assert.equal(watched.opened.length, 1, 'one session for both');
    assert.deepEqual(watched.shared, [true]);
    const prompts = all.map((each) => each.prompt);
    assert.ok(watched.passes.length >= 2);
    for (const numbers of watched.passes)
      assert.ok(prompts.some((each) => Buffer.from(each.buffer).equals(Buffer.from(numbers.buffer))));
    for (const each of all)
      assert.deepEqual(
        byPredictor(together, each.predictor.id),
        byPredictor(await watched.lines([each]), each.predictor.id),
      );
    assert.notDeepEqual(
      byPredictor(together, 'one').map(({ logProbability }) => logProbability),
      byPredictor(together, 'two').map(({ logProbability }) => logProbability),
    );
  });

  it('of several prompts of an encoder-decoder share passes, a prompt for each row', async () => {
    const watched = new Watched(await loadFrozenModel('test/fixtures/models/t5-v1.1'));
    const all = ['one', 'two'].map((id, seed) => asked(watched.model, id, prompt(watched.model, seed)));
    const lines = await watched.lines(all);
    assert.equal(lines.length, 6);
    assert.deepEqual(watched.shared, [false]);
    // Of each text, for both prompts.
    const size = promptLength * watched.model.width;
    assert.deepEqual(
      watched.passes.map((numbers) => numbers.length / size),
      [2, 2, 2],
    );
  });

  it('of a text prompt share its beginning where that is more than a twentieth of all tokens', async () => {
    const watched = new Watched(await loadFrozenModel('test/fixtures/models/llama-tied'));
    const bare = (leadTokens: number): Asked => asked(watched.model, 'text', new Float32Array(0), leadTokens);
    const [apart, shared] = [await watched.lines([bare(0)]), await watched.lines([bare(2)])];
    assert.deepEqual(watched.shared, [false, true]);
    for (const [row, line] of apart.entries())
      assert.ok(Math.abs(line.logProbability! - shared[row]!.logProbability!) < 1e-4);
  });

  it('of what is left of an evaluation have the digits that they have among all', async () => {
    const watched = new Watched(await loadFrozenModel('test/fixtures/models/llama-tied'));
    // Two of its three questions have no lead: the rest alone would be scored by another graph.
    const given = asked(watched.model, 'text', new Float32Array(0));
    const [first, ...others] = given.questions;
    const led = { ...given, questions: [{ ...first!, scorable: { ...first!.scorable, leadTokens: 4 } }, ...others] };
    const whole = await watched.lines([led]);
    const rest = await watched.lines([led], ({ example }) => example === 0);
    assert.deepEqual(watched.shared, [true, true]);
    assert.deepEqual(byPredictor(rest, 'text'), byPredictor(whole, 'text').slice(1));
  });
});
