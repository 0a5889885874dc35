import { basename, join } from 'node:path';
import type { FrozenModel } from '../../../engine/models/frozenModel';
import { checkFits } from '../../../engine/prompts/checkFits';
import type { EncodedTaskExample } from '../../../engine/tasks/encoding';
import {
  type EvaluateJob,
  type EvaluationRecord,
  type EvaluationRequest,
  type ExampleLine,
  mostEvaluatedRows,
} from '../../../protocol/evaluation';
import type { JobResults } from '../../../protocol/trainer';
import {
  createEvaluation,
  evaluationId,
  evaluationsFolder,
  readEvaluationRecord,
} from '../../../runs/evaluationFolder';
import { thisProcess } from '../../../runs/processIdentity';
import { acquireRunLock } from '../../../runs/runLock';
import { TrainerFailure } from '../../failure';
import { attempt, type JobContext } from '../context';
import { notInFourBits, openPromptModel, weightsOfRuns } from '../promptModel';
import { type PromptSource, readPrompt } from '../promptSource';
import { type Device, deviceOf } from '../provider/device';
import { probeApart } from '../provider/probeApart';
import { answers } from './answers';
import { readDemonstrations } from './demonstrations';
import { type EvaluationData, readEvaluationData } from './evaluationData';
import { EvaluationWriter } from './evaluationWriter';
import { type Plan, planEvaluation } from './plan';
import { resultsOf } from './results';
import { weightBytes } from './weightBytes';

/** What prompts and baselines of one frozen model say about data sets, row by row, and what that amounts to. */
export async function evaluate(job: EvaluateJob, context: JobContext): Promise<JobResults['evaluate']> {
  const left = job.resume === undefined ? undefined : await attempt('bad-data', () => resumable(job.resume!));
  const request = left?.request ?? job.request;
  const phase = (text: string): void => context.event({ type: 'phase', text });
  if (request.datasets.length === 0) throw new TrainerFailure('bad-data', 'Name a data set to evaluate on.');
  if (request.prompts.length === 0 && request.baselines.length === 0)
    throw new TrainerFailure('bad-data', 'Name a prompt, or a baseline to evaluate without one.');
  if (request.assignment === 'own' && request.prompts.length !== request.datasets.length)
    throw new TrainerFailure(
      'bad-data',
      `Every data set is to have a prompt of its own, but there are ${request.datasets.length} data sets and ${request.prompts.length} prompts.`,
    );
  if ((request.sample ?? 0) > mostEvaluatedRows)
    throw new TrainerFailure(
      'bad-data',
      `A sample of ${request.sample} rows is too large: ${mostEvaluatedRows} at most.`,
    );

  phase('reading the prompts');
  const prompts = await Promise.all(request.prompts.map(readPrompt));
  phase('opening the frozen model');
  const model = await openPromptModel(prompts, request, context);
  phase('hashing the frozen weights');
  const sha256 = await model.weightsHash();
  const notes = model.notes.map((note) => `${model.name}: ${note}`);
  const remarks = [...notes, ...checkPrompts(prompts, model, sha256), ...notInFourBits(prompts)];

  phase('reading the data');
  const promptLength = Math.max(0, ...prompts.map(({ stored }) => stored.length));
  const data: EvaluationData[] = [];
  for (const index of request.datasets.keys()) {
    const about = request.assignment === 'own' ? [prompts[index]!] : prompts;
    const read = (): Promise<EvaluationData> => readEvaluationData(request, index, about, model, promptLength, context);
    data.push(await attempt('bad-data', () => read().catch(whyNotRead)));
  }
  const demonstrations = await attempt('bad-data', () => readDemonstrations(request, prompts, data, model, context));
  const plan = planEvaluation(request, prompts, data, model, demonstrations);
  const provider = await probeApart(job.executionProvider, context);
  // Texts are written with the weights as they are stored.
  const wanted = request.method === 'generate' ? ({ frozenWeights: 'stored' } as const) : weightsOfRuns(prompts);
  const device = await deviceOf(model, provider, wanted, (remark) => context.log('info', remark));

  const record: EvaluationRecord = {
    ...(left ?? freshRecord(request, data)),
    status: 'running',
    process: await thisProcess(),
    provider: provider.used,
    request,
    model: {
      ...{ name: model.name, folder: model.folder, architecture: model.architecture },
      ...{ parameters: model.parameters, sha256, width: model.width, bytes: await weightBytes(model.folder) },
    },
    datasets: data.map(({ entry }) => entry),
    predictors: [...plan.asked, ...plan.derived].map(({ predictor }) => predictor),
    remarks: [...remarks, ...data.flatMap((each) => each.remarks)],
  };
  if (left) refuseChanged(left, record);
  const folder = job.resume ?? join(evaluationsFolder(job.runsFolder), record.id);
  const lines = exampleLines(data);
  if (!left) await createEvaluation(folder, record, lines);
  const lock = await attempt('bad-data', () => acquireRunLock(folder));
  const writer = await EvaluationWriter.open(folder, record, context);
  try {
    return { folder, record: await ask(writer, plan, lines, demonstrations, model, device, context) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    await writer.update({ status: 'failed', reason, endedAt: new Date().toISOString() });
    throw error;
  } finally {
    await writer.close();
    await lock.release();
  }
}

async function ask(
  writer: EvaluationWriter,
  plan: Plan,
  lines: readonly ExampleLine[],
  demonstrations: readonly (readonly EncodedTaskExample[])[],
  model: FrozenModel,
  device: Device,
  context: JobContext,
): Promise<EvaluationRecord> {
  const total = plan.asked.reduce((sum, { questions }) => sum + questions.length, 0);
  const stop = context.signal;
  try {
    const method = writer.record.request?.method ?? 'rank';
    const passes = answers(model, plan.asked, (question) => writer.has(question), {
      method,
      device,
      stop,
    });
    for await (const pass of passes) {
      await writer.append(pass, total);
      context.heartbeat();
    }
  } catch (error) {
    if (!stop.aborted) throw error;
    // Without its window it stays open and reads as interrupted; either way it can go on.
    if (context.orphaned()) return writer.record;
    return writer.update({
      status: 'stopped',
      reason: `stopped after ${writer.answered} of ${total} predictions`,
      endedAt: new Date().toISOString(),
    });
  }
  context.event({ type: 'phase', text: 'computing metrics and intervals' });
  const summary = resultsOf({
    datasets: writer.record.datasets,
    targets: lines.map(({ target }) => target),
    evaluated: [...plan.asked, ...plan.derived],
    answers: writer.answers,
    seed: writer.record.request?.seed ?? 0,
    trainTargets: demonstrations.map((examples) => examples.map(({ target }) => target)),
  });
  return writer.update({ ...summary, status: 'finished', endedAt: new Date().toISOString() });
}

/** Every prompt has to be one of this model. @returns what a person should know although they can be used. */
function checkPrompts(prompts: readonly PromptSource[], model: FrozenModel, sha256: string): string[] {
  const remarks: string[] = [];
  for (const { name, stored, run } of prompts) {
    const { problems, warnings } = checkFits(stored, model, sha256);
    if (problems[0] !== undefined) throw new TrainerFailure('bad-prompt', `${name}: ${problems[0]}`);
    const learned = run?.experiment && run.record.model;
    if (learned && learned.sha256 !== sha256)
      throw new TrainerFailure(
        'bad-prompt',
        `${name} was learned with ${learned.name}, whose weights are not those of ${model.name}; evaluate prompts of one model together.`,
      );
    remarks.push(...warnings.map((warning) => `${name}: ${warning}`));
  }
  return remarks;
}

function whyNotRead(error: unknown): never {
  if (!(error instanceof Error && error.name === 'AbortError')) throw error;
  throw new TrainerFailure('stopped', 'Stopped while the data was being read; no row has been evaluated.');
}

async function resumable(folder: string): Promise<EvaluationRecord & { readonly request: EvaluationRequest }> {
  const { request, ...rest } = await readEvaluationRecord(folder);
  if (!request) throw new Error(`${folder}: was written by a run and has nothing to go on with`);
  if (rest.status === 'finished') throw new Error(`${folder}: the evaluation is finished; there is nothing left to do`);
  const open: EvaluationRecord = { ...rest };
  delete open.endedAt;
  delete open.reason;
  return { ...open, request };
}

/** Answers of before and after must be about the same rows, prompts and weights. */
function refuseChanged(before: EvaluationRecord, now: EvaluationRecord): void {
  const changed = [
    ...before.datasets.flatMap(({ path, sha256 }, index) => (now.datasets[index]?.sha256 === sha256 ? [] : [path])),
    ...before.predictors.flatMap(({ id, name, sha256 }) =>
      now.predictors.find((each) => each.id === id)?.sha256 === sha256 ? [] : [name],
    ),
    ...(before.model.sha256 === now.model.sha256 ? [] : [`the frozen model ${now.model.name}`]),
  ];
  if (changed.length === 0) return;
  throw new TrainerFailure(
    'bad-data',
    `${changed[0]!} changed since the evaluation began, so its finished rows cannot be added to. Start a new one.`,
  );
}

function freshRecord(
  request: EvaluationRequest,
  data: readonly EvaluationData[],
): Omit<EvaluationRecord, 'model' | 'status'> {
  const createdAt = new Date().toISOString();
  const files = data.map(({ entry }) => basename(entry.path));
  const name = request.name ?? files.join(', ');
  return {
    ...{ format: 1, id: evaluationId(name, createdAt), name, createdAt, seconds: 0 },
    ...{ datasets: [], predictors: [], results: [], comparisons: [], remarks: [] },
  };
}

function exampleLines(data: readonly EvaluationData[]): ExampleLine[] {
  return data
    .flatMap(({ examples }, dataset) =>
      examples.map(({ example: { row }, input, target }) => ({ dataset, row, input, target })),
    )
    .map((line, example) => ({
      dataset: line.dataset,
      example,
      row: line.row,
      input: line.input,
      target: line.target,
    }));
}
