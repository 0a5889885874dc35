import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { weighty } from '../protocol/dataCheck';
import type { RunRecord } from '../protocol/run';
import type { JobEvent, TuneJob } from '../protocol/trainer';
import { checkpointPath } from '../runs/checkpoints';
import { runJob } from '../trainer/jobs/table';
import { parseWords, printJson, type Command } from './command';
import { duration, Progress } from './progress';
import { providerNamed } from './provider';
import { textTable } from './table';

/** Learns a prompt in this process, with a progress bar. */
export const tune: Command = {
  name: 'tune',
  usage: 'tune FILE.tune.json|RUN_FOLDER [--runs DIR] [--provider NAME] [--baselines] [--json]',
  summary:
    'Learns a soft prompt, or goes on with a run that was left. DIR: where runs are kept, by default .prompt-runs beside ' +
    'the file. --baselines: also scores the zero-shot and 4-shot text prompts of the same frozen model.',
  async run(words, resources) {
    const { values, positionals } = parseWords(
      words,
      this.usage,
      {
        runs: { type: 'string' },
        provider: { type: 'string' },
        baselines: { type: 'boolean' },
        json: { type: 'boolean' },
      },
      1,
    );
    const target = resolve(positionals[0] ?? '');
    const resuming = existsSync(join(target, 'run.json'));
    const job: TuneJob = {
      kind: 'tune',
      ...(resuming ? { resume: target } : { experimentFile: target }),
      runsFolder: values.runs === undefined ? join(dirname(target), '.prompt-runs') : resolve(values.runs),
      executionProvider: providerNamed(values.provider),
      ...(values.baselines ? { baselines: true } : {}),
    };
    const progress = new Progress();
    const stopping = new AbortController();
    const onInterrupt = (): void => {
      // The second time the person means it.
      if (stopping.signal.aborted) process.exit(130);
      progress.show('stopping after this step; once more to leave at once');
      stopping.abort();
    };
    process.on('SIGINT', onInterrupt);
    try {
      const { folder, record } = await runJob(job, {
        resources,
        signal: stopping.signal,
        orphaned: () => false,
        event: (event) => showEvent(event, progress),
        log: (level, text) => {
          if (level === 'warn' || level === 'error') {
            progress.clear();
            process.stderr.write(`${text}\n`);
          }
        },
        heartbeat: () => undefined,
      });
      progress.clear();
      const adapter = record.best ? checkpointPath(folder, record.best.step) : undefined;
      if (values.json) printJson({ folder, adapter, record });
      else process.stdout.write(`${report(record, folder, adapter)}\n`);
      return record.status === 'failed' ? 1 : 0;
    } finally {
      progress.clear();
      process.off('SIGINT', onInterrupt);
    }
  },
};

let lastLoss: number | undefined;

function showEvent(event: JobEvent, progress: Progress): void {
  if (event.type === 'phase') progress.show(event.text, event.share);
  if (event.type === 'journal' && event.entry.type === 'step') lastLoss = event.entry.loss;
  if (event.type !== 'record' || event.record.status !== 'running' || event.record.step === 0) return;
  const { step, totalSteps, seconds, best } = event.record;
  const left = (seconds / step) * (totalSteps - step);
  const parts = [`step ${step}/${totalSteps}`, `loss ${lastLoss?.toFixed(3) ?? ''}`];
  if (best) parts.push(`best ${best.metric} ${best.value.toFixed(3)}`);
  parts.push(`at most ${duration(left)} left`);
  progress.show(parts.join(' | '), step / totalSteps);
}

/** The result as a table: the soft prompt against the text prompts that were measured. */
function report(record: RunRecord, folder: string, adapter: string | undefined): string {
  const metric = record.best?.metric ?? 'loss';
  const show = (value: number | undefined): string =>
    value === undefined ? '' : metric === 'loss' ? value.toFixed(3) : `${(100 * value).toFixed(1)} %`;
  const { data, model, provider, startedFrom, findings = [] } = record;
  const notes = findings.length - weighty(findings).length;
  const rows = [
    ['prompt', `dev ${metric}`, `test ${metric}`],
    [
      `soft prompt, ${record.experiment?.prompt?.length ?? ''} virtual tokens`,
      show(record.best?.value),
      show(record.test?.[metric]),
    ],
    ...(record.baselines ?? []).map(({ name, scores }) => [`${name} text prompt`, '', show(scores[metric])]),
  ];
  return [
    `${record.name}: ${record.reason ?? record.status}`,
    '',
    textTable(rows),
    '',
    ...(data ? [`rows      ${data.rows.train} train, ${data.rows.dev} dev, ${data.rows.test} test`] : []),
    ...(model
      ? [
          `model     ${model.name}, ${(model.parameters / 1e6).toFixed(1)} M parameters, frozen${model.sha256After === model.sha256 ? ' (weights unchanged)' : ''}`,
        ]
      : []),
    ...(startedFrom
      ? [
          `start     ${startedFrom.name}, ${startedFrom.length} virtual tokens${startedFrom.fill === 'whole' ? '' : `, ${startedFrom.fill}`}`,
        ]
      : []),
    ...(notes === 0 ? [] : [`notes     ${notes} on the data; softprompt check shows them`]),
    `time      ${duration(record.seconds)}${provider ? ` on ${provider.used}${provider.device ? ` (${provider.device})` : ''}` : ''}`,
    `run       ${folder}`,
    ...(adapter ? [`adapter   ${adapter}`] : []),
  ].join('\n');
}
