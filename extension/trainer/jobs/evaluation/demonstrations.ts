import { resolve } from 'node:path';
import { trainingFile } from '../../../engine/datasets/parts';
import { readDataset } from '../../../engine/datasets/readers';
import type { FrozenModel } from '../../../engine/models/frozenModel';
import { encodeExamples, type EncodedTaskExample, type Room } from '../../../engine/tasks/encoding';
import { taskExamples } from '../../../engine/tasks/examples';
import { fitTask } from '../../../engine/tasks/fitTask';
import { type Task, TaskError } from '../../../engine/tasks/task';
import type { EvaluationRequest } from '../../../protocol/evaluation';
import type { JobContext } from '../context';
import { prepareMaterial } from '../material';
import { type EvaluationData, sameRows } from './evaluationData';
import type { PromptSource } from '../promptSource';

/**
 * Solved examples for few-shot prompts and for the majority class, by data set: from the file that the request names, else from the
 * training part of the run that learned from the data set, else of the first run with the same label words.
 *
 * @throws TaskError where few-shot prompts are wanted and there is nothing to demonstrate with.
 */
export async function readDemonstrations(
  request: EvaluationRequest,
  prompts: readonly PromptSource[],
  data: readonly EvaluationData[],
  model: FrozenModel,
  { log }: JobContext,
): Promise<(readonly EncodedTaskExample[])[]> {
  const fewShot = request.baselines.includes('few-shot');
  if (!fewShot && !request.baselines.includes('majority')) return data.map(() => []);
  const found: (readonly EncodedTaskExample[])[] = [];
  for (const { entry } of data) {
    const template = request.textPrompt ?? entry.task.template;
    const task = { ...entry.task, template };
    const own = prompts.find(({ run }) => run?.record.data?.files[0]?.sha256 === entry.sha256);
    const source = own ?? prompts.find((prompt) => sameLabels(prompt, entry.classes));
    const train =
      request.train === undefined
        ? await trainingPart(source, request.textPrompt, model)
        : await fromFile(request.train, task, model);
    if (train.length === 0 && fewShot)
      throw new TaskError(
        `few-shot prompts need solved examples of the task of ${entry.name}, and none of the prompts is a run of that task; name a file with some.`,
      );
    log('info', `${entry.name}: ${train.length} examples to demonstrate with`);
    found.push(train);
  }
  return found;
}

function sameLabels({ run }: PromptSource, classes: readonly string[] | undefined): boolean {
  const words = run?.experiment && Object.values(run.experiment.task.label?.words ?? {});
  return words !== undefined && classes !== undefined && classes.every((each) => words.includes(each));
}

async function trainingPart(
  source: PromptSource | undefined,
  template: string | undefined,
  model: FrozenModel,
): Promise<readonly EncodedTaskExample[]> {
  if (!source?.run?.experiment) return [];
  const { experiment, record } = source.run;
  const { train } = await prepareMaterial(experiment, record.baseFolder, model);
  if (template === undefined) return train;
  const dataset = await readDataset(resolve(record.baseFolder, experiment.data.train));
  const rows = new Map(dataset.rows.map((row) => [row.row, row]));
  return sameRows({ ...dataset, rows }, { ...experiment.task, template }, train, model, room(model));
}

function room({ maxPositions }: FrozenModel): Room {
  return { promptLength: 0, maxPositions };
}

async function fromFile(file: string, task: Task, model: FrozenModel): Promise<readonly EncodedTaskExample[]> {
  const dataset = await readDataset(await trainingFile(file));
  const fitted = fitTask(task, dataset).task;
  return encodeExamples(taskExamples(dataset, fitted).examples, fitted, model, room(model)).examples;
}
