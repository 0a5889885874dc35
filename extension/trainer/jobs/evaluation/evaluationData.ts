import { basename, extname } from 'node:path';
import { type Dataset, doubtText, type Row } from '../../../engine/datasets/dataset';
import { seededRandom } from '../../../engine/datasets/random';
import { dataParts } from '../../../engine/datasets/parts';
import { openDataset, readHead } from '../../../engine/datasets/readers';
import { splitGiven } from '../../../engine/datasets/splits';
import { scorableClasses } from '../../../engine/evaluation/evaluate';
import type { ScorableClass } from '../../../engine/evaluation/predictions';
import type { FrozenModel } from '../../../engine/models/frozenModel';
import { encodeExamples, type EncodedTaskExample } from '../../../engine/tasks/encoding';
import { exampleOf, spellingNotes } from '../../../engine/tasks/examples';
import { fitTask } from '../../../engine/tasks/fitTask';
import { guessTasks } from '../../../engine/tasks/guess';
import { type Task, TaskError } from '../../../engine/tasks/task';
import { findingText } from '../../../protocol/dataCheck';
import type { EvaluationRecord, EvaluationRequest } from '../../../protocol/evaluation';
import type { JobContext } from '../context';
import { followReading } from '../followReading';
import { plainTask } from '../plainTask';
import { type ChosenRow, chooseRows, mostListed } from './chosenRows';
import type { PromptSource } from '../promptSource';

/** Enough text to see which columns a file has; to fit a task to it, its labels have to be known, too. */
const columnsCharacters = 2 ** 22;

/** One data set of an evaluation, ready for the model. */
export interface EvaluationData {
  readonly entry: EvaluationRecord['datasets'][number];
  readonly classes: readonly ScorableClass[] | undefined;
  readonly examples: readonly EncodedTaskExample[];
  /** The same rows with the template of the text prompts. */
  readonly textExamples: readonly EncodedTaskExample[];
  /** What was assumed or what a person should know, in sentences. */
  readonly remarks: readonly string[];
}

/**
 * Reads one data set of a request, fits the task to it and chooses the rows.
 * @param room tokens that prompts take in front of an input.
 * @throws DatasetError, TaskError with words for the person; the reason of the job's signal when it is to stop.
 */
export async function readEvaluationData(
  request: EvaluationRequest,
  index: number,
  prompts: readonly PromptSource[],
  model: FrozenModel,
  promptLength: number,
  context: JobContext,
): Promise<EvaluationData> {
  const { task: given } = request.datasets[index]!;
  const { file, part: wanted, remarks: chosenPart } = await evaluatedPart(request.datasets[index]!);
  const open = await openDataset(file, followReading(file, context));
  const head = await readHead(open, given && columnsCharacters);
  const { task, assumptions } = taskOf(head, given, prompts);
  const owner = prompts.find(({ run }) => run?.record.data?.files[0]?.sha256 === open.sha256);
  const part = wanted ?? (owner && owner.run?.experiment?.data.test === undefined ? 'test' : 'all');
  const only = request.rows?.[index];
  const chosen = await chooseRows(open, head, exampleOf(head, task), {
    cut: part === 'all' ? undefined : (rows) => partOf(rows, part, owner, task),
    only: only && new Set(only),
    sample: request.sample,
    random: seededRandom(request.seed, 'evaluation sample', index),
  });
  if (chosen.rows.length === 0) throw new TaskError(`${basename(file)}: the ${part} part has no row.`);
  const infix = prompts.some(({ stored }) => stored.learnedOn?.position === 'infix');
  const room = { promptLength, maxPositions: model.maxPositions, infix };
  const { examples, rejected } = encodeExamples(
    chosen.rows.map(({ example }) => example),
    task,
    model,
    room,
  );
  const textTask = request.textPrompt === undefined ? undefined : { ...task, template: request.textPrompt };
  const rows = new Map(chosen.rows.map(({ row }) => [row.row, row]));
  const textExamples = textTask ? sameRows({ ...head, rows }, textTask, examples, model, room) : examples;
  const classes = scorableClasses(task, model);
  const allRejected = [...chosen.rejected, ...rejected];
  const { tally } = chosen;
  for (const each of rejected) tally.add(each);
  const rejectedCount = chosen.rejectedCount + rejected.length;
  const learned = part === 'all' && owner ? [learnedFrom(owner, file)] : [];
  return {
    classes,
    examples,
    textExamples,
    entry: {
      name: basename(file, extname(file)),
      path: file,
      sha256: open.sha256,
      part,
      rows: examples.length,
      task: plainTask(task),
      ...(classes ? { classes: classes.map(({ words }) => words) } : {}),
      rejected: allRejected.slice(0, mostListed).map(({ row, reason }) => ({ row, reason })),
      rejectedCount,
    },
    remarks: [
      ...chosenPart,
      ...[...assumptions, ...head.notes.map((note) => `${note}.`)].map((text) => `${basename(file)}: ${text}`),
      ...(head.whole ? head.doubts : chosen.doubts).map(doubtText),
      ...spellingNotes(chosen.rows.map(({ example }) => example)),
      ...learned,
      ...tally.findings(chosen.total).map((finding) => findingText(finding)),
    ],
  };
}

/** Of a data set in parts the one that is wanted, the test part by default; what it does not have is cut from its training part. */
async function evaluatedPart({ file, part }: EvaluationRequest['datasets'][number]): Promise<{
  readonly file: string;
  readonly part: EvaluationRequest['datasets'][number]['part'];
  readonly remarks: readonly string[];
}> {
  const parts = await dataParts(file);
  if (!parts) return { file, part, remarks: [] };
  const wanted = part === 'dev' ? 'dev' : 'test';
  const own = parts[wanted];
  const said = `${basename(file)} is a data set in parts; evaluated are the rows of ${basename(own ?? parts.train)}.`;
  return { file: own ?? parts.train, part: own === undefined ? (part ?? wanted) : 'all', remarks: [said] };
}

function taskOf(
  dataset: Dataset,
  given: Task | undefined,
  prompts: readonly PromptSource[],
): { readonly task: Task; readonly assumptions: readonly string[] } {
  if (given) return { task: given, assumptions: [] };
  const known = prompts.find(({ run }) => run?.experiment)?.run?.experiment;
  if (known) return fitTask(known.task, dataset);
  const [guess] = guessTasks(dataset);
  if (guess) return { task: guess, assumptions: [`the columns are guessed; the template is "${guess.template}".`] };
  throw new TaskError(
    `${basename(dataset.file)}: no column looks like a label or a target, and none of the prompts tells its task. Name a task.`,
  );
}

/** The same cut that a run makes of its file; the default one for a file that no run knows. */
function partOf(
  rows: readonly ChosenRow[],
  part: 'test' | 'dev',
  owner: PromptSource | undefined,
  task: Task,
): readonly ChosenRow[] {
  const given = owner?.run?.experiment?.data.split;
  const split = {
    train: 0.8,
    dev: 0.1,
    test: 0.1,
    ...given,
    seed: given?.seed ?? 0,
    stratified: given?.stratified ?? true,
  };
  const keys = {
    text: ({ example }: ChosenRow): string => example.input,
    label: task.label && (({ example }: ChosenRow) => example.label ?? ''),
  };
  return splitGiven({ train: rows }, keys, split).parts[part];
}

/**
 * The rows of `examples`, which come from a data set, with another template.
 * @param source the data set's columns, and its rows by their numbers.
 * @throws TaskError where one of them does not fit.
 */
export function sameRows(
  source: Pick<Dataset, 'file' | 'columns'> & { readonly rows: ReadonlyMap<number, Row> },
  task: Task,
  examples: readonly EncodedTaskExample[],
  model: FrozenModel,
  room: { readonly promptLength: number; readonly maxPositions: number },
): readonly EncodedTaskExample[] {
  const read = exampleOf(source, task);
  const wanted = examples.map(({ example: { row } }) => {
    const found = read(source.rows.get(row)!);
    if (!('reason' in found)) return found;
    throw new TaskError(`${basename(source.file)}:${row}: does not fit the text prompt: ${found.reason}`);
  });
  return encodeExamples(wanted, task, model, room).examples;
}

function learnedFrom({ name }: PromptSource, file: string): string {
  return `${basename(file)}: ${name} has learned from rows of this file that are among those evaluated; choose its test part for a fair score.`;
}
