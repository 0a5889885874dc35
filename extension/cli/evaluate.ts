import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readFile } from 'node:fs/promises';
import {
  type BaselineName,
  type EvaluationMethod,
  type EvaluationRequest,
  baselineNames,
  evaluationMethods,
} from '../protocol/evaluation';
import { jsonText } from '../engine/models/jsonText';
import { parseExperiment } from '../protocol/parseExperiment';
import { runJob } from '../trainer/jobs/table';
import { type Command, UsageError, parseWords, printJson } from './command';
import { evaluationReport } from './evaluationReport';
import { Progress } from './progress';
import { providerNamed } from './provider';

/** Scores prompts, ensembles and text prompts of one frozen model on data sets. */
export const evaluate: Command = {
  name: 'evaluate',
  usage:
    'evaluate DATASET[,DATASET...]|EVALUATION_FOLDER [--prompts A,B] [--ensemble|--own] [--baselines majority,zero-shot,few-shot] ' +
    '[--shots K] [--seeds N] [--text-prompt TEMPLATE] [--task FILE.tune.json] [--model MODEL] [--train FILE] ' +
    '[--part all|test|dev] [--method rank|generate] [--sample N] [--seed N] [--runs DIR] [--provider NAME] [--json]',
  summary:
    'Scores prompts (run folders, adapters, prompt files) and baselines row by row, or goes on with an evaluation that was left. ' +
    'Several data sets give the grid of domains. --ensemble: also the vote and the mean of all prompts. --own: the n-th prompt on the ' +
    'n-th data set only, rows of all tasks in one batch. --task: columns and label ' +
    'words; by default those of the first run, fitted to the file. DIR: where evaluations are kept, by default .prompt-runs.',
  async run(words, resources) {
    const { values, positionals } = parseWords(
      words,
      this.usage,
      {
        ...{ prompts: { type: 'string' }, ensemble: { type: 'boolean' }, own: { type: 'boolean' } },
        ...{ baselines: { type: 'string' } },
        ...{ shots: { type: 'string' }, seeds: { type: 'string' }, 'text-prompt': { type: 'string' } },
        ...{ task: { type: 'string' }, model: { type: 'string' }, train: { type: 'string' }, part: { type: 'string' } },
        method: { type: 'string' },
        ...{ sample: { type: 'string' }, seed: { type: 'string' }, runs: { type: 'string' } },
        ...{ provider: { type: 'string' }, json: { type: 'boolean' } },
      },
      1,
    );
    const target = resolve(positionals[0]!);
    const resume = existsSync(join(target, 'evaluation.json')) ? target : undefined;
    const listed = (text: string | undefined): string[] => text?.split(',').filter((each) => each !== '') ?? [];
    const task = values.task === undefined ? undefined : await taskOf(resolve(values.task));
    const { part } = values;
    if (part !== undefined && part !== 'all' && part !== 'test' && part !== 'dev')
      throw new UsageError(`--part ${part}: the parts are all, test, dev`);
    const request: EvaluationRequest = {
      datasets: listed(positionals[0]).map((file) => ({
        file: resolve(file),
        ...(part === undefined ? {} : { part }),
        ...(task === undefined ? {} : { task }),
      })),
      prompts: listed(values.prompts).map((path) => resolve(path)),
      baseFolder: process.cwd(),
      ensemble: values.ensemble ?? false,
      baselines: listed(values.baselines).map(baselineNamed),
      shots: whole('shots', values.shots, 4),
      fewShotSeeds: whole('seeds', values.seeds, 3),
      method: methodNamed(values.method),
      assignment: values.own ? 'own' : 'grid',
      seed: whole('seed', values.seed, 0),
      ...(values.sample === undefined ? {} : { sample: whole('sample', values.sample, 1) }),
      ...(values.model === undefined ? {} : { model: values.model }),
      ...(values.train === undefined ? {} : { train: resolve(values.train) }),
      ...(values['text-prompt'] === undefined ? {} : { textPrompt: values['text-prompt'] }),
    };
    const progress = new Progress();
    const stopping = new AbortController();
    const onInterrupt = (): void => {
      if (stopping.signal.aborted) process.exit(130);
      progress.show('stopping after this pass; once more to leave at once');
      stopping.abort();
    };
    process.on('SIGINT', onInterrupt);
    try {
      const { folder, record } = await runJob(
        {
          kind: 'evaluate',
          request,
          runsFolder: resolve(values.runs ?? '.prompt-runs'),
          executionProvider: providerNamed(values.provider),
          ...(resume === undefined ? {} : { resume }),
        },
        {
          resources,
          signal: stopping.signal,
          orphaned: () => false,
          event: (event) => {
            if (event.type === 'phase') progress.show(event.text, event.share);
          },
          log: () => undefined,
          heartbeat: () => undefined,
        },
      );
      progress.clear();
      if (values.json) printJson({ folder, record });
      else process.stdout.write(`${evaluationReport(record, folder, process.stdout.columns)}\n`);
      return record.status === 'finished' ? 0 : 1;
    } finally {
      progress.clear();
      process.off('SIGINT', onInterrupt);
    }
  },
};

function baselineNamed(name: string): BaselineName {
  const found = baselineNames.find((each) => each === name);
  if (!found) throw new UsageError(`--baselines ${name}: the baselines are ${baselineNames.join(', ')}`);
  return found;
}

function methodNamed(name = 'rank'): EvaluationMethod {
  const found = evaluationMethods.find((each) => each === name);
  if (!found) throw new UsageError(`--method ${name}: the methods are ${evaluationMethods.join(', ')}`);
  return found;
}

function whole(option: string, text: string | undefined, fallback: number): number {
  const value = text === undefined ? fallback : Number(text);
  if (!Number.isInteger(value) || value < 0) throw new UsageError(`--${option} ${text}: give a whole number from 0`);
  return value;
}

async function taskOf(file: string): Promise<NonNullable<EvaluationRequest['datasets'][number]['task']>> {
  return parseExperiment(jsonText(await readFile(file)), file).task;
}
