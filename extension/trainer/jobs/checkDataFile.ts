import { open, readFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { DatasetError } from '../../engine/datasets/dataset';
import { trainingFile } from '../../engine/datasets/parts';
import { openDataset, readHead } from '../../engine/datasets/readers';
import { guessTasks } from '../../engine/tasks/guess';
import { columnProblems, type TaskProblem } from '../../engine/tasks/taskProblems';
import { type DataReport, type Finding, withFewRows } from '../../protocol/dataCheck';
import type { FrozenModel } from '../../engine/models/frozenModel';
import type { Experiment } from '../../protocol/experiment';
import { ExperimentError, parseExperiment } from '../../protocol/parseExperiment';
import { resolveExperiment, type ResolvedExperiment } from '../../protocol/presets';
import type { CheckDataJob } from '../../protocol/trainer';
import { TrainerFailure } from '../failure';
import { attempt, type JobContext } from './context';
import { inParts } from './experimentSource';
import { openNamedModel } from './namedModel';
import { prepareMaterial } from './material';
import { plainTask } from './plainTask';
import { readSourcePrompt, sourceRemarks } from './startingPrompt';

/** Rows of a finding that come back. */
const mostRows = 200;
/** Enough text to see which columns a file has. */
const columnsCharacters = 2 ** 20;

/**
 * Checks an experiment, or a data set with the task that is guessed for it, without tuning anything. What is wrong with the
 * experiment itself comes back as findings too, with the field it is written in.
 *
 * @throws TrainerFailure for a data set that cannot be read, a model of its own that cannot be opened, or when it was stopped.
 */
export async function checkDataFile(job: CheckDataJob, context: JobContext): Promise<DataReport> {
  const file = resolve(job.file);
  const isExperiment = /\.json$/i.test(file) && (/\.tune\.json$/i.test(file) || (await holdsTask(file)));
  if (isExperiment) return checkExperiment(file, context);
  const guessed = await guessedExperiment(file, job);
  if (guessed) return checkParsed(file, guessed, job.baseFolder, context);
  const text = 'No column of the file looks like a label or a target.';
  const advice = 'Check an experiment that names its columns, or write one with Tune Prompt.';
  return { ...empty(file), findings: [{ rule: 'task', severity: 'error', text, advice, count: 0, rows: [] }] };
}

async function checkExperiment(file: string, context: JobContext): Promise<DataReport> {
  const text = await attempt('bad-experiment', () =>
    readFile(file, 'utf8').catch((error: unknown) => missing(file, error)),
  );
  try {
    return await checkParsed(file, parseExperiment(text, file), dirname(file), context);
  } catch (error) {
    if (!(error instanceof ExperimentError)) throw error;
    const findings = error.problems.map(({ line, column, field, message }) =>
      problem(
        'experiment',
        `${basename(file)}:${line}:${column}: ${field && `${field}: `}${message}`,
        field.split('.'),
      ),
    );
    return { ...empty(file), findings };
  }
}

async function checkParsed(
  file: string,
  experiment: Experiment,
  baseFolder: string,
  context: JobContext,
): Promise<DataReport> {
  const asked = resolveExperiment(experiment);
  const data = await inParts(asked.data, baseFolder).catch((error: unknown) =>
    error instanceof DatasetError ? error : Promise.reject(error as Error),
  );
  if (data instanceof DatasetError)
    return { ...empty(file), findings: [problem('data', data.message, ['data', 'train'])] };
  const resolved = { ...asked, data };
  const task = plainTask(resolved.task);
  const files = (['train', 'dev', 'test'] as const).flatMap((part) => {
    const path = data[part];
    return path === undefined ? [] : [{ part, path: resolve(baseFolder, path) }];
  });
  const base = { ...empty(file), files: files.map(({ path }) => path), task };
  const broken = await fileFindings(files, { task: experiment.task, data });
  context.event({ type: 'phase', text: 'opening the frozen model' });
  const model = await openNamedModel(experiment.model, baseFolder, context.resources, { signal: context.signal }).catch(
    (error: unknown) => (error instanceof TrainerFailure ? error : Promise.reject(error as Error)),
  );
  if (model instanceof TrainerFailure) broken.push(problem('model', model.message, ['model']));
  const start = await startFindings(resolved, baseFolder, model);
  broken.push(...start.filter(({ severity }) => severity === 'error'));
  if (model instanceof TrainerFailure || broken.length > 0) return { ...base, findings: broken };

  context.event({ type: 'phase', text: 'reading the data' });
  const onProgress = (share: number): void => {
    if (context.signal.aborted) throw new TrainerFailure('stopped', 'Stopped: the data was not checked to its end.');
    context.event({ type: 'phase', text: 'looking for near duplicates', share });
  };
  const whole = file.endsWith('.json') ? file : undefined;
  try {
    const { check, facts } = await prepareMaterial(resolved, baseFolder, model, whole, onProgress);
    const used = facts.rows.train + facts.rows.dev + facts.rows.test;
    const findings = withFewRows(check.findings, mostRows);
    return {
      ...base,
      model: model.name,
      parts: check.parts,
      findings: [...start, ...findings],
      used,
      leftOut: facts.rejected,
    };
  } catch (error) {
    if (error instanceof TrainerFailure) throw error;
    // Words for the person: no row can be used, a part is empty, a label does not fit.
    const message = error instanceof Error ? error.message : String(error);
    return { ...base, model: model.name, findings: [problem('data', message, ['data'])] };
  }
}

/** What is wrong with the prompt that an experiment starts from, or else what to know of it. */
async function startFindings(
  experiment: ResolvedExperiment,
  baseFolder: string,
  model: FrozenModel | TrainerFailure,
): Promise<Finding[]> {
  try {
    const source = await readSourcePrompt(experiment, baseFolder, undefined);
    if (source === undefined || model instanceof TrainerFailure) return [];
    return sourceRemarks(source, model, experiment).map((text) => ({
      ...problem('start', text, ['prompt', 'from']),
      severity: 'warning',
    }));
  } catch (error) {
    if (!(error instanceof TrainerFailure)) throw error;
    return [problem('start', error.message, ['prompt', 'from'])];
  }
}

/** What is wrong with the files of an experiment: missing, unreadable, or without a column that the task names. */
async function fileFindings(
  files: readonly { readonly part: string; readonly path: string }[],
  { task, data }: Pick<ResolvedExperiment, 'data'> & Pick<Experiment, 'task'>,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const columns = new Map<string, TaskProblem>();
  for (const { part, path } of files) {
    const field = ['data', part];
    try {
      const head = await readHead(await openDataset(path), columnsCharacters);
      for (const each of columnProblems(task, head)) columns.set(each.field.join() + (each.within ?? ''), each);
    } catch (error) {
      const isMissing = error instanceof DatasetError && isMissingFile(error.cause);
      const named = `"${data[part as 'train']}" does not exist; paths start from the experiment's folder`;
      const text = error instanceof Error ? error.message : String(error);
      findings.push(problem('data', isMissing ? `${named} (${error.file}).` : text, field));
    }
  }
  const missing = [...columns.values()].map(({ field, within, message }) => ({
    ...problem('columns', `${capital(message)}.`, ['task', ...field]),
    ...(within === undefined ? {} : { within }),
  }));
  return [...findings, ...missing];
}

/** An experiment of the likeliest task of a data set. */
async function guessedExperiment(file: string, { model = 'bundled' }: CheckDataJob): Promise<Experiment | undefined> {
  const head = await attempt('bad-data', async () => readHead(await openDataset(await trainingFile(file))));
  const [task] = guessTasks(head);
  return task && { model, data: { train: file }, task: plainTask(task) };
}

async function holdsTask(file: string): Promise<boolean> {
  const text = await attempt('bad-data', () => beginning(file).catch((error: unknown) => missing(file, error)));
  try {
    const value = JSON.parse(text) as { readonly task?: unknown; readonly model?: unknown } | null;
    return typeof value?.task === 'object' && typeof value.model === 'string';
  } catch {
    return false;
  }
}

/** Enough for any experiment; a data set may be far larger than a text can be. */
const experimentBytes = 2 ** 20;

async function beginning(file: string): Promise<string> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(experimentBytes), 0, experimentBytes, 0);
    return buffer.toString('utf8', 0, bytesRead).replace(/^\uFEFF/, '');
  } finally {
    await handle.close();
  }
}

function isMissingFile(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
}

function missing(file: string, error: unknown): never {
  throw isMissingFile(error)
    ? new Error(`${basename(file)}: there is no such file (${file}). Correct the path.`, { cause: error })
    : error;
}

function empty(file: string): DataReport {
  return { file, files: [], parts: [], findings: [], used: 0, leftOut: 0 };
}

function problem(rule: string, text: string, field: readonly string[]): Finding {
  return { rule, severity: 'error', text, count: 0, rows: [], field };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
