import assert from 'node:assert/strict';
import { evaluationReport } from '../../../extension/cli/evaluationReport';
import type { EvaluationRecord } from '../../../extension/protocol/evaluation';
import { evaluationOf } from '../../webview/evaluations';

/** Two prompts, a text prompt, ensembles and the majority class on 200 reviews. */
const record = (changes: Partial<EvaluationRecord> = {}): EvaluationRecord => evaluationOf({ changes }).record;
const lines = (text: string): string[] => text.split('\n');

describe('an evaluation in a terminal', () => {
  it('is a table with the metrics, the interval, and the difference to the first prompt with its p', () => {
    const [head, rule, first, second, third] = lines(evaluationReport(record(), '/evaluations/a')).slice(3);
    assert.match(head!, /^predictor +accuracy +95 % interval +difference +p +macro F1 +log-loss +ECE$/);
    assert.match(rule!, /^-[- ]+-$/);
    assert.match(first!, /^amazon, step 300 +8\d\.\d % +8\d\.\d % to 9\d\.\d % +0\.8\d\d +0\.\d{3} +0\.050$/);
    assert.match(second!, /^imdb, step 200 +.* -3\.0 +0\.410 +0\.830/);
    assert.match(third!, /^zero-shot text prompt +.* -23\.0\* +< 0\.001 +0\.630/);
  });

  it('says of which rows it is, what it is compared with, and what could not be used', () => {
    const title = lines(evaluationReport(record(), '/evaluations/a'))[2]!;
    assert.equal(
      title,
      'reviews (200 rows, 1 could not be used); differences are to amazon, step 300, * more than chance at 5 %',
    );
  });

  it('fits a narrow terminal, with every value of every predictor', () => {
    const narrow = lines(evaluationReport(record(), '/evaluations/a', 60)).slice(3);
    const first = narrow.slice(0, narrow.indexOf('imdb, step 200'));
    assert.equal(first[0], 'amazon, step 300');
    assert.match(first.join(' '), /accuracy 8\d\.\d % +95 % interval 8.* macro F1 0\.\d{3} +log-loss .* ECE 0\.050$/);
    assert.ok(
      first.every((line) => line.length <= 60),
      first.join('\n'),
    );
    assert.match(narrow.join('\n'), /\nzero-shot text prompt\n +.*\n +difference -23\.0\* +p < 0\.001/);
  });

  it('tells the share of illegal outputs and, of free text, the exact matches and the words in common', () => {
    const { datasets, results } = record();
    const { classes, ...free } = datasets[0]!;
    assert.ok(classes);
    const written = { ...results[0]!, scores: { 'exact-match': 0.25, 'token-f1': 0.5 }, intervals: {} };
    const text = evaluationReport(record({ datasets: [free], results: [written] }), '/evaluations/a');
    assert.match(text, /predictor +exact match +95 % interval +difference +p +token F1\n.*\n.* 25\.0 % .* 0\.500/);
    const illegal = { ...results[0]!, scores: { accuracy: 0.5, illegal: 0.125 } };
    assert.match(evaluationReport(record({ results: [illegal] }), '/evaluations/a'), /illegal\n.*\n.* 12\.5 %\n/);
  });

  it('says what one frozen model with several prompts saves against as many models', () => {
    const model = { ...record().model, width: 384, bytes: 156_000_000 };
    const text = evaluationReport(record({ model }), '/evaluations/a');
    assert.match(
      text,
      /memory +One frozen model of 156\.0 MB serves 2 prompts of 30\.7 kB; 2 models tuned as a whole would take 312\.0 MB\./,
    );
    const request = { ...record().request!, assignment: 'own' as const };
    const own = evaluationReport(record({ model, request }), '/evaluations/a');
    assert.match(own, /serves 2 tasks in one batch, each with a prompt of 30\.7 kB;/);
  });
});
