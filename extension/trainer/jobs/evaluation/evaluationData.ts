import { basename, extname } from 'node:path';
import { rejectionText, type Dataset, type Rejection } from '../../../engine/datasets/dataset';
import { sample, seededRandom } from '../../../engine/datasets/random';
import { readDataset } from '../../../engine/datasets/readers';
import { splitGiven } from '../../../engine/datasets/splits';
import { scorableClasses } from '../../../engine/evaluation/evaluate';
import type { ScorableClass } from '../../../engine/evaluation/predictions';
import type { FrozenModel } from '../../../engine/models/frozenModel';
import { encodeExamples, type EncodedTaskExample } from '../../../engine/tasks/encoding';
import { taskExamples } from '../../../engine/tasks/examples';
import { fitTask } from '../../../engine/tasks/fitTask';
import { guessTasks } from '../../../engine/tasks/guess';
import { type Example, type Task, TaskError } from '../../../engine/tasks/task';
import type { EvaluationRecord, EvaluationRequest } from '../../../protocol/evaluation';
import type { PromptSource } from './promptSource';

type Part = EvaluationRecord['datasets'][number]['part'];

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

/** Most rejected rows that a record lists. */
const mostListed = 1000;

/**
 * Reads one data set of a request, fits the task to it and chooses the rows.
 * @param room tokens that prompts take in front of an input.
 * @throws DatasetError, TaskError with words for the person.
 */
export async function readEvaluationData(
  request: EvaluationRequest,
  index: number,
  prompts: readonly PromptSource[],
  model: FrozenModel,
  promptLength: number,
): Promise<EvaluationData> {
  const { file, task: given, part: wanted } = request.datasets[index]!;
  const dataset = await readDataset(file);
  const { task, assumptions } = taskOf(dataset, given, prompts);
  const owner = prompts.find(({ run }) => run?.data?.files[0]?.sha256 === dataset.sha256);
  const part = wanted ?? (owner && owner.experiment?.data.test === undefined ? 'test' : 'all');
  const found = taskExamples(dataset, task);
  const chosen = chooseRows(found.examples, part, owner, task, request, index);
  const room = { promptLength, maxPositions: model.maxPositions };
  const { examples, rejected } = encodeExamples(chosen, task, model, room);
  const textTask = request.textPrompt === undefined ? task : { ...task, template: request.textPrompt };
  const textExamples = request.textPrompt === undefined ? examples : sameRows(dataset, textTask, examples, model, room);
  const classes = scorableClasses(task, model);
  const allRejected = [...dataset.rejected, ...found.rejected, ...rejected];
  const learned = part === 'all' && owner ? [learnedFrom(owner, file)] : [];
  return {
    classes,
    examples,
    textExamples,
    entry: {
      name: basename(file, extname(file)),
      path: file,
      sha256: dataset.sha256,
      part,
      rows: examples.length,
      task: plainTask(task),
      ...(classes ? { classes: classes.map(({ words }) => words) } : {}),
      rejected: allRejected.slice(0, mostListed).map(({ row, reason }) => ({ row, reason })),
      rejectedCount: allRejected.length,
    },
    remarks: [
      ...[...assumptions, ...dataset.notes.map((note) => `${note}.`)].map((text) => `${basename(file)}: ${text}`),
      ...learned,
      ...(allRejected[0] ? [rejectedRemark(allRejected)] : []),
    ],
  };
}

function taskOf(
  dataset: Dataset,
  given: Task | undefined,
  prompts: readonly PromptSource[],
): { readonly task: Task; readonly assumptions: readonly string[] } {
  if (given) return { task: given, assumptions: [] };
  const known = prompts.find(({ experiment }) => experiment)?.experiment;
  if (known) return fitTask(known.task, dataset);
  const [guess] = guessTasks(dataset);
  if (guess) return { task: guess, assumptions: [`the columns are guessed; the template is "${guess.template}".`] };
  throw new TaskError(
    `${basename(dataset.file)}: no column looks like a label or a target, and none of the prompts tells its task. Name a task.`,
  );
}

function chooseRows(
  examples: readonly Example[],
  part: Part,
  owner: PromptSource | undefined,
  task: Task,
  { sample: limit, seed, rows: only }: EvaluationRequest,
  index: number,
): readonly Example[] {
  const ofPart = part === 'all' ? examples : partOf(examples, part, owner, task);
  const wanted = only?.[index];
  const asked = wanted ? ofPart.filter(({ row }) => wanted.includes(row)) : ofPart;
  if (asked.length === 0) throw new TaskError(`${basename(examples[0]!.file)}: the ${part} part has no row.`);
  if (limit === undefined || limit >= asked.length) return asked;
  const drawn = sample(asked.length, limit, seededRandom(seed, 'evaluation sample', index));
  return drawn.toSorted((a, b) => a - b).map((each) => asked[each]!);
}

/** The same cut that a run makes of its file; the default one for a file that no run knows. */
function partOf(
  examples: readonly Example[],
  part: 'test' | 'dev',
  owner: PromptSource | undefined,
  task: Task,
): readonly Example[] {
  const given = owner?.experiment?.data.split;
  const split = {
    train: 0.8,
    dev: 0.1,
    test: 0.1,
    ...given,
    seed: given?.seed ?? 0,
    stratified: given?.stratified ?? true,
  };
  const keys = {
    text: (example: Example): string => example.input,
    label: task.label && ((each: Example) => each.label ?? ''),
  };
  return splitGiven({ train: examples }, keys, split).parts[part];
}

/** The rows of `examples`, which come from `dataset`, with another template. @throws TaskError where one of them does not fit. */
export function sameRows(
  dataset: Dataset,
  task: Task,
  examples: readonly EncodedTaskExample[],
  model: FrozenModel,
  room: { readonly promptLength: number; readonly maxPositions: number },
): readonly EncodedTaskExample[] {
  const byRow = new Map(taskExamples(dataset, task).examples.map((example) => [example.row, example]));
  const wanted = examples.map(({ example: { row } }) => {
    const found = byRow.get(row);
    if (found) return found;
    throw new TaskError(`${basename(dataset.file)}:${row}: a column of the text prompt is empty.`);
  });
  return encodeExamples(wanted, task, model, room).examples;
}

/** Without undefined fields, which JSON does not have. */
function plainTask({ template, label, target, maxTokens }: Task): EvaluationRecord['datasets'][number]['task'] {
  return {
    template,
    ...(label ? { label: { column: label.column, words: { ...label.words } } } : {}),
    ...(target === undefined ? {} : { target }),
    ...(maxTokens === undefined ? {} : { maxTokens }),
  };
}

function learnedFrom({ name }: PromptSource, file: string): string {
  return `${basename(file)}: ${name} has learned from rows of this file that are among those evaluated; choose its test part for a fair score.`;
}

function rejectedRemark(rejected: readonly Rejection[]): string {
  const [first] = rejected;
  const count = rejected.length === 1 ? 'one row' : `${rejected.length} rows`;
  return `${count} could not be used; the first is ${rejectionText(first!)}`;
}
