import * as assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import { runItem } from '../../extension/editor/views/runsTree';
import { descriptionText, durationText } from '../../extension/editor/views/runText';
import { tooltipMarkdown } from '../../extension/editor/views/runTooltip';
import type { Marks, Run, RunRecord } from '../../extension/protocol/run';

/** A run that was stopped half way, with what differs. */
function run(changes: Partial<RunRecord> = {}, marks: Marks = {}): Run {
  return {
    folder: '/runs/20261123-071500-reviews-3f2a',
    marks,
    record: {
      format: 1,
      id: '20261123-071500-reviews-3f2a',
      name: 'reviews',
      status: 'stopped',
      createdAt: '2026-11-23T07:15:00.000Z',
      seconds: 75,
      experiment: {
        model: 'bundled',
        data: { train: 'reviews.jsonl' },
        task: { template: 'review: {text} **sentiment**:', target: 'label' },
      },
      experimentFile: '/data/reviews.tune.json',
      baseFolder: '/data',
      step: 120,
      totalSteps: 400,
      best: { step: 100, metric: 'accuracy', value: 0.8234 },
      last: { step: 120 },
      ...changes,
    },
  };
}

describe('a run in the Runs view', () => {
  it('says what can be done with it', () => {
    const can = (changes: Partial<RunRecord>): string => runItem(run(changes)).contextValue!;
    assert.equal(can({ status: 'running' }), 'run running checkpoint experiment');
    assert.equal(can({ status: 'stopped' }), 'run stopped resumable checkpoint experiment');
    assert.equal(can({ status: 'interrupted' }), 'run interrupted resumable checkpoint experiment');
    assert.equal(can({ status: 'finished' }), 'run finished checkpoint experiment');
    const untried = { ...run({ status: 'failed' }).record };
    delete untried.best;
    delete untried.last;
    assert.equal(runItem({ ...run(), record: untried }).contextValue, 'run failed experiment');
  });

  it('shows its state by an icon and by words, and its best score beside its name', () => {
    const item = runItem(run({ status: 'interrupted' }, { name: 'first try', note: 'batch too small' }));
    assert.equal(item.label, 'first try');
    assert.equal((item.iconPath as vscode.ThemeIcon).id, 'debug-disconnect');
    assert.equal(item.description, 'step 120/400 · accuracy 82.3 % (dev)');
    assert.equal(
      item.accessibilityInformation?.label,
      'first try, interrupted, step 120/400, accuracy 82.3 % (dev), batch too small',
    );
  });

  it('prefers the test score once there is one', () => {
    assert.equal(
      descriptionText(run({ status: 'finished', test: { accuracy: 0.75, loss: 1 } })),
      'accuracy 75.0 % (test)',
    );
  });

  it('tells its whole configuration, and takes nothing of it for markup', () => {
    const { value } = tooltipMarkdown(
      run({ provider: { used: 'cpu', rejected: [{ provider: 'webgpu', reason: 'no adapter' }] } }),
    );
    assert.match(value, /Steps: 120 \/ 400/);
    assert.match(value, /webgpu, no adapter/);
    assert.ok(value.includes('\\*\\*sentiment\\*\\*'), value);
  });

  it('of an imported prompt says where it came from, and nothing of steps or time that it never took', () => {
    const record: RunRecord = {
      ...run({ status: 'finished', step: 0, totalSteps: 0, seconds: 0, last: { step: 0 } }).record,
      imported: { from: '/adapters/reviews', format: 'peft', length: 20 },
      reason: 'imported from /adapters/reviews',
    };
    delete record.experiment;
    delete record.experimentFile;
    delete record.best;
    const imported = { ...run(), record };
    const item = runItem(imported);
    assert.equal(item.description, 'imported');
    assert.equal(item.accessibilityInformation?.label, 'reviews, finished, imported');
    assert.equal(item.contextValue, 'run finished checkpoint');
    const { value } = tooltipMarkdown(imported);
    assert.match(value, /Imported from: \/adapters\/reviews/);
    assert.match(value, /Prompt: 20 virtual tokens/);
    assert.doesNotMatch(value, /Steps|Time|undefined/);
  });

  it('tells a length of time in its two largest units', () => {
    assert.deepEqual([45, 200, 1500, 4000].map(durationText), ['45 s', '3 min 20 s', '25 min', '1 h 6 min']);
  });
});
