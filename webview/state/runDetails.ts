import { findingText, weighty } from '../../extension/protocol/dataCheck';
import { positionOf } from '../../extension/protocol/promptPosition';
import type { RunRecord } from '../../extension/protocol/run';
import type { RunRow } from '../../extension/protocol/runsPanel';
import { bytes, dateTime, duration, integer, loss, percent } from './format';
import {
  formatWord,
  initialiserWord,
  startedFromWords,
  metricOf,
  metricWord,
  modelName,
  optimizerWords,
  presetWord,
  positionWords,
  promptLength,
  providerWord,
  score,
  secondsLeft,
} from './runFacts';

/** A fact about a run: a term and what is said of it. */
export interface Fact {
  readonly term: string;
  readonly text: string;
  /** Names, hashes and templates, written in the editor's own type. */
  readonly code?: boolean;
}
export interface Section {
  readonly title: string;
  readonly facts: readonly Fact[];
}

/** A fact where there is something to say, else nothing. */
function fact(term: string, text: string | undefined, code = false): readonly Fact[] {
  return text === undefined || text === '' ? [] : [{ term, text, code }];
}
const count = (value: number | undefined): string | undefined => (value === undefined ? undefined : integer(value));

function result({ record, loss: last }: RunRow): Section {
  const metric = metricOf(record);
  const value = (scores: RunRecord['dev']): string | undefined => {
    const found = metric === undefined ? undefined : scores?.[metric];
    return metric === undefined || found === undefined ? undefined : score(metric, found);
  };
  const { best, baselines, status, imported } = record;
  const left = secondsLeft(record);
  const word = metric === undefined ? 'metric' : metricWord(metric);
  return {
    title: 'Result',
    facts: [
      ...fact(`Test ${word}`, value(record.test)),
      ...(baselines ?? []).flatMap(({ name, scores }) => fact(`  ${name}`, value(scores))),
      ...fact(
        `Best dev ${word}`,
        best === undefined ? undefined : `${score(best.metric, best.value)} at step ${integer(best.step)}`,
      ),
      ...fact(`Last dev ${word}`, value(record.dev)),
      ...fact('Last training loss', last === undefined ? undefined : loss(last)),
      ...(imported
        ? [...fact('Imported from', imported.from, true), ...fact('Format', formatWord(imported.format))]
        : [
            ...fact('Step', `${integer(record.step)} of ${integer(record.totalSteps)}`),
            ...fact('Duration', duration(record.seconds)),
          ]),
      ...fact('Time left', left === undefined ? undefined : `about ${duration(left)}`),
      ...fact('Peak memory', record.peakMemoryBytes === undefined ? undefined : bytes(record.peakMemoryBytes)),
      // A failure is told at the top.
      ...fact('Ended', status === 'failed' || status === 'interrupted' || imported ? undefined : record.reason),
      ...fact('Created', dateTime(record.createdAt)),
    ],
  };
}

function configuration({ record }: RunRow): Section {
  const { task, prompt, training } = record.experiment ?? {};
  const { schedule } = training ?? {};
  const length = promptLength(record);
  const words = Object.entries(task?.label?.words ?? {});
  const every = (steps: number | undefined): string | undefined =>
    steps === undefined ? undefined : `every ${integer(steps)} steps`;
  return {
    title: 'Configuration',
    facts: [
      ...fact('Preset', presetWord(record)),
      ...fact(
        'Prompt',
        length === undefined ? undefined : `${integer(length)} virtual tokens${positionWords(positionOf(record))}`,
      ),
      ...fact('Initialiser', initialiserWord(record)),
      ...fact('Started from', startedFromWords(record), true),
      ...fact('Text', prompt?.text, true),
      ...fact('Optimiser', optimizerWords(record)),
      ...fact(
        'Schedule',
        schedule === undefined
          ? undefined
          : `${schedule.name}${schedule.warmUpSteps === undefined ? '' : `, ${integer(schedule.warmUpSteps)} steps warm-up`}`,
      ),
      ...fact('Batch', training?.batchSize === undefined ? undefined : `${integer(training.batchSize)} examples`),
      ...fact('Gradient clipping', training?.gradientClipping?.toString()),
      ...fact('Dev evaluation', every(training?.evaluateEvery)),
      ...fact('Checkpoint', every(training?.checkpointEvery)),
      ...fact(
        'Patience',
        training?.patience === undefined
          ? undefined
          : training.patience === 0
            ? 'no early stopping'
            : `${integer(training.patience)} evaluations`,
      ),
      ...fact('Seed', training?.seed?.toString()),
      ...fact('Template', task?.template, true),
      ...fact('Target column', task?.target, true),
      ...fact('Label column', task?.label?.column, true),
      ...fact('Label words', words.map(([value, word]) => (value === word ? word : `${value}: ${word}`)).join(', ')),
    ],
  };
}

function provider({ record }: RunRow): Section {
  const choice = record.provider;
  if (choice === undefined) return { title: 'Execution provider', facts: [] };
  return {
    title: 'Execution provider',
    facts: [
      ...fact('Used', `${providerWord(choice.used)}${choice.device === undefined ? '' : `, ${choice.device}`}`),
      ...choice.rejected.flatMap((each) => fact(`Not ${providerWord(each.provider)}`, each.reason)),
    ],
  };
}

function data({ record: { data: facts, experiment } }: RunRow): Section {
  const { rows, tokens } = facts ?? {};
  return {
    title: 'Data',
    facts: [
      ...(facts === undefined
        ? fact('File', experiment?.data.train, true)
        : facts.files.flatMap((file) =>
            fact(
              file.path.split(/[\\/]/).at(-1) ?? file.path,
              `${integer(file.rows)} rows, sha256 ${file.sha256.slice(0, 12)}`,
              true,
            ),
          )),
      ...fact(
        'Rows',
        rows === undefined
          ? undefined
          : `${integer(rows.train)} train, ${integer(rows.dev)} dev, ${integer(rows.test)} test`,
      ),
      ...fact('Rejected rows', count(facts?.rejected)),
      ...fact('Truncated rows', facts === undefined ? undefined : percent(facts.truncated)),
      ...fact(
        'Input length',
        tokens === undefined
          ? undefined
          : `${integer(tokens.median)} tokens median, ${integer(tokens.p95)} at 95%, ${integer(tokens.longest)} longest`,
      ),
    ],
  };
}

/** What the data check found before the first step; notes are only counted. */
function dataCheck({ record: { findings = [] } }: RunRow): Section {
  const notes = findings.length - weighty(findings).length;
  return {
    title: 'Data check',
    facts: [
      ...weighty(findings).flatMap((each) => fact(each.severity === 'error' ? 'Error' : 'Warning', findingText(each))),
      ...fact('Notes', notes === 0 ? undefined : count(notes)),
    ],
  };
}

function model({ record }: RunRow): Section {
  const facts = record.model;
  const frozen =
    facts?.sha256After === undefined
      ? undefined
      : facts.sha256After === facts.sha256
        ? 'unchanged by the run'
        : 'CHANGED during the run: do not trust its result';
  return {
    title: 'Frozen model',
    facts: [
      ...fact('Name', modelName(record)),
      ...fact('Architecture', facts?.architecture),
      ...fact('Parameters', count(facts?.parameters)),
      ...fact('Embedding width', count(facts?.width)),
      ...fact('Vocabulary', facts === undefined ? undefined : `${integer(facts.vocabulary)} tokens`),
      ...fact('Weights', facts === undefined ? undefined : `sha256 ${facts.sha256.slice(0, 12)}`, true),
      ...fact('After the run', frozen),
    ],
  };
}

/** Everything that is told about a run, section by section; sections without facts are left out. */
export function runDetails(row: RunRow): readonly Section[] {
  return [result, configuration, provider, data, dataCheck, model]
    .map((section) => section(row))
    .filter(({ facts }) => facts.length > 0);
}
