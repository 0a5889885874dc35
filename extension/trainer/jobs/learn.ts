import { evaluate } from '../../engine/evaluation/evaluate';
import type { Prediction } from '../../engine/evaluation/predictions';
import { evaluateTextPrompt } from '../../engine/evaluation/textPrompts';
import type { FrozenModel, ScoringSession, TrainingSessionOptions } from '../../engine/models/frozenModel';
import { readAdapter } from '../../engine/prompts/adapter';
import { isBehind, modelNotes } from '../../engine/prompts/studioNotes';
import { checkpointFiles } from '../../engine/tuning/checkpoint';
import { tunePrompt, type FinishReason, type TuningEvent } from '../../engine/tuning/tunePrompt';
import { freshState, type TuningState } from '../../engine/tuning/tuningState';
import { type Finding, findingText, withFewRows } from '../../protocol/dataCheck';
import type { ResolvedExperiment } from '../../protocol/presets';
import type { RunRecord, RunStatus, Scores } from '../../protocol/run';
import type { TuneJob } from '../../protocol/trainer';
import { checkpointPath, readCheckpointFiles, writeCheckpoint } from '../../runs/checkpoints';
import { TrainerFailure } from '../failure';
import { attempt, type JobContext } from './context';
import { openNamedModel } from './namedModel';
import { prepareMaterial, type Material } from './material';
import { passesOf } from './passes';
import { type Device, deviceOf } from './provider/device';
import { probeApart } from './provider/probeApart';
import type { PromptSource } from './promptSource';
import { RunEvaluation } from './runEvaluation';
import type { RunWriter } from './runWriter';
import { readSourcePrompt, sourceRemarks, startedFrom, startedFromText, startingPrompt } from './startingPrompt';

export interface Learning {
  readonly writer: RunWriter;
  readonly job: TuneJob;
  readonly experiment: ResolvedExperiment;
  /** Where to go on; undefined at the beginning. */
  readonly state: TuningState | undefined;
  readonly context: JobContext;
}

export interface Ended {
  readonly status: Extract<RunStatus, 'finished' | 'stopped' | 'failed'>;
  readonly reason: string;
}

/** Everything between the first line of a run's record and its last: model, data, provider, tuning, test. */
export async function learn(learning: Learning): Promise<Ended> {
  const { writer, job, experiment, context } = learning;
  const phase = (text: string): void => context.event({ type: 'phase', text });

  // A run that goes on has its prompt already, so it does not need this one again.
  const source = learning.state
    ? undefined
    : await readSourcePrompt(experiment, writer.record.baseFolder, writer.record.startedFrom);
  phase('opening the frozen model');
  const model = await openModel(learning, phase);
  if (model === undefined) return { status: 'stopped', reason: 'stopped while the frozen model was unpacked' };
  for (const note of model.notes) await writer.log('warn', `${model.name}: ${note}`);
  if (source) await keepSource(source, model, learning);
  phase('hashing the frozen weights');
  const sha256 = await model.weightsHash();
  refuseOther(writer.record.model?.sha256, sha256, `the frozen model ${model.name}`);

  phase('reading the data');
  const material = await attempt('bad-data', () =>
    prepareMaterial(experiment, writer.record.baseFolder, model, writer.record.experimentFile, () =>
      context.heartbeat(),
    ),
  );
  for (const [index, file] of material.facts.files.entries()) {
    refuseOther(writer.record.data?.files[index]?.sha256, file.sha256, file.path);
  }
  await tellFindings(writer, material.check.findings);

  phase('choosing the execution provider');
  const provider = await probeApart(
    experiment.executionProvider ?? job.executionProvider,
    context,
    experiment.precision,
  );
  const { name, folder, architecture, parameters, width, vocabulary } = model;
  await writer.update({
    data: material.facts,
    findings: withFewRows(material.check.findings, rowsOfRecord),
    model: { name, folder, architecture, parameters, width, vocabulary, sha256 },
    provider,
  });
  for (const { provider: other, reason } of provider.rejected)
    await writer.log('info', `${other} is not used: ${reason}`);
  await writer.log('info', `${model.name} (${architecture}, ${parameters} parameters) on ${provider.used}`);

  const device = await deviceOf(model, provider, experiment, (remark) => writer.log('info', remark));
  if (device.weights === 'float16') await writer.log('info', 'the frozen matrices are held in float16 on the device');

  phase('building the graphs');
  const ended = await withSessions(model, device, experiment, writer.folder, (sessions) =>
    tuneAndTest(learning, model, material, sessions, source),
  );

  const sha256After = await model.weightsHash();
  await writer.update({
    model: { name, folder, architecture, parameters, width, vocabulary, sha256, sha256After },
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
  });
  if (sha256After !== sha256) {
    throw new TrainerFailure(
      'bad-model',
      `The weights in ${folder} changed while the run was using them; its numbers cannot be trusted.`,
    );
  }
  if (ended.status === 'finished' && job.baselines) await measureTextPrompts(learning, model, material, device);
  return ended;
}

/** Writes down which prompt the run starts from, and what to know of it. */
async function keepSource(source: PromptSource, model: FrozenModel, { writer, experiment }: Learning): Promise<void> {
  for (const remark of sourceRemarks(source, model, experiment)) await writer.log('warn', remark);
  const from = startedFrom(source, experiment);
  await writer.update({ startedFrom: from });
  await writer.log('info', startedFromText(from, experiment.prompt.length));
}

/** Rows of a finding that a run's record names. */
const rowsOfRecord = 5;

/** Writes every finding to the log, the weightiest first: what a person should decide on as a warning. */
async function tellFindings(writer: RunWriter, findings: readonly Finding[]): Promise<void> {
  for (const each of findings) await writer.log(each.severity === 'note' ? 'info' : 'warn', findingText(each));
}

/** Opens the frozen model and tells how far its unpacking is, where it needs any; undefined where it was stopped meanwhile. */
async function openModel(
  { experiment, writer, context }: Learning,
  phase: (text: string) => void,
): Promise<FrozenModel | undefined> {
  let told = -1;
  const onProgress = (done: number, total: number): void => {
    context.heartbeat();
    const percent = Math.floor((100 * done) / total);
    if (percent !== told) phase(`unpacking the frozen model, ${percent} %`);
    told = percent;
  };
  try {
    const { signal, resources } = context;
    const { frozenWeights } = experiment;
    const options = { signal, onProgress, frozenWeights: frozenWeights === 'auto' ? 'stored' : frozenWeights } as const;
    return await openNamedModel(experiment.model, writer.record.baseFolder, resources, options);
  } catch (error) {
    if (context.signal.aborted) return undefined;
    throw error;
  }
}

interface Sessions {
  readonly training: Awaited<ReturnType<FrozenModel['openTrainingSession']>>;
  readonly scoring: ScoringSession;
}

async function withSessions<Result>(
  model: FrozenModel,
  device: Device,
  { prompt: { length: promptLength, position }, precision = 'float32' }: ResolvedExperiment,
  folder: string,
  use: (sessions: Sessions) => Promise<Result>,
): Promise<Result> {
  // Behind the text, both sessions read the texts from one cache, and the dev split is read once for all evaluations.
  const behindText = isBehind(position)
    ? await attempt('bad-experiment', () => model.openPrefixCache({ ...device, folder }))
    : undefined;
  const options = { ...device, promptLength, precision, behindText };
  try {
    return await withBoth(model, options, use);
  } finally {
    await behindText?.release();
  }
}

async function withBoth<Result>(
  model: FrozenModel,
  options: TrainingSessionOptions,
  use: (sessions: Sessions) => Promise<Result>,
): Promise<Result> {
  const training = await attempt('bad-model', () => model.openTrainingSession(options));
  try {
    const scoring = await attempt('bad-model', () => model.openScoringSession(options));
    try {
      return await use({ training, scoring });
    } finally {
      await scoring.release();
    }
  } finally {
    await training.release();
  }
}

async function tuneAndTest(
  learning: Learning,
  model: FrozenModel,
  material: Material,
  { training, scoring }: Sessions,
  source: PromptSource | undefined,
): Promise<Ended> {
  const { writer, experiment, context } = learning;
  const scoringOptions = {
    batchTokens: experiment.training.microBatchTokens,
    promptLength: experiment.prompt.length,
    onProgress: () => context.heartbeat(),
  };
  if (learning.state) await writer.update(keptIn(learning.state, experiment));
  const classes = material.classes?.map(({ words }) => words);
  const kept = {
    ...{ folder: writer.folder, run: writer.record, experiment, afterStep: learning.state?.step ?? -1 },
    classes,
  };
  const devRows = await RunEvaluation.open({ ...kept, part: 'dev', examples: material.dev });
  const wanted = experiment.training.microBatchTokens;
  const passes = passesOf(experiment, model, material.train, writer.record.provider?.used === 'cpu');
  if (passes.microBatchTokens < wanted)
    await writer.log(
      'info',
      `micro-batches of ${passes.microBatchTokens} tokens instead of ${wanted}, so that a step takes at most half of this machine's memory; the result is the same`,
    );
  let predictions: readonly Prediction[] = [];
  const state = learning.state ?? freshState(await startingPrompt(model, experiment, classes ?? [], source));
  const events = tunePrompt({
    session: training,
    width: model.width,
    examples: material.train,
    options: {
      ...experiment.training,
      ...passes,
    },
    state,
    stop: context.signal,
    evaluate: async (prompt, stop) => {
      const evaluation = await evaluate(scoring, prompt, material.dev, material.classes, { ...scoringOptions, stop });
      predictions = evaluation.predictions;
      return given(evaluation.scores);
    },
  });
  let finished: Extract<TuningEvent, { type: 'finished' }> | undefined;
  for await (const event of events) {
    context.heartbeat();
    if (event.type === 'finished') finished = event;
    else await keep(event, learning, model);
    if (event.type === 'evaluation') await devRows.add(event.step, predictions, event.seconds);
  }
  if (!finished) throw new Error('tuning ended without saying why');

  const { best } = finished;
  if (best && material.test.length > 0 && statusOf[finished.reason] === 'finished') {
    context.event({ type: 'phase', text: `scoring the test split with the prompt of step ${best.step}` });
    const files = await readCheckpointFiles(checkpointPath(writer.folder, best.step));
    const started = performance.now();
    const { prompt } = readAdapter(files, writer.folder);
    const evaluation = await evaluate(scoring, prompt, material.test, material.classes, scoringOptions);
    const scores = given(evaluation.scores);
    const seconds = (performance.now() - started) / 1000;
    const testRows = await RunEvaluation.open({ ...kept, part: 'test', examples: material.test });
    await testRows.add(best.step, evaluation.predictions, seconds);
    await writer.append({ type: 'evaluation', step: best.step, split: 'test', scores, seconds });
    await writer.update({ test: scores });
  }
  return { status: statusOf[finished.reason], reason: finished.message };
}

const statusOf = {
  'all-steps': 'finished',
  'early-stopping': 'finished',
  stopped: 'stopped',
  diverged: 'failed',
} as const satisfies Record<FinishReason, RunStatus>;

/** Writes what an event holds, before tuning goes on. */
async function keep(
  event: Exclude<TuningEvent, { type: 'finished' }>,
  { writer, experiment }: Learning,
  model: FrozenModel,
): Promise<void> {
  switch (event.type) {
    case 'step':
      await writer.append(event);
      await writer.progress({ step: event.step, seconds: writer.record.seconds + event.seconds });
      return;
    case 'evaluation': {
      const { type, step, split, scores, seconds } = event;
      await writer.append({ type, step, split, scores, seconds });
      await writer.update({ dev: given(scores), seconds: writer.record.seconds + seconds });
      return;
    }
    case 'checkpoint': {
      const { state, best } = event;
      const adapterModel = {
        kind: model.kind,
        width: model.width,
        layers: model.layers,
        heads: model.heads,
        // A name with a slash is the hub's, and PEFT finds it in the same cache, on any machine.
        nameOrPath: model.name.includes('/') ? model.name : model.folder,
      };
      const files = checkpointFiles(state, adapterModel, {
        initialiser: experiment.prompt.initialiser,
        ...modelNotes(model.name, model.vocabulary, writer.record.model?.sha256 ?? null, experiment.prompt.position),
      });
      const folder = await writeCheckpoint(writer.folder, state.step, files);
      await writer.append({ type: 'checkpoint', step: state.step, folder, best });
      await writer.update(keptIn(state, experiment));
      return;
    }
  }
}

/** What a record says of its checkpoints once they are on the disk; before that it would point to nothing. */
function keptIn(
  { step, seconds, best }: TuningState,
  { training: { metric } }: ResolvedExperiment,
): Pick<RunRecord, 'step' | 'seconds' | 'last' | 'best'> {
  const value = best?.scores[metric];
  return {
    step,
    seconds,
    last: { step },
    ...(best && value !== undefined ? { best: { step: best.step, metric, value } } : {}),
  };
}

async function measureTextPrompts(
  { writer, experiment, context }: Learning,
  model: FrozenModel,
  material: Material,
  device: Device,
): Promise<void> {
  const session = await model.openScoringSession({ ...device, promptLength: 0 });
  try {
    const baselines: { name: string; scores: Scores }[] = [];
    for (const shots of [0, 4]) {
      context.event({ type: 'phase', text: `scoring the ${shots === 0 ? 'zero-shot' : `${shots}-shot`} text prompt` });
      const { name, scores } = await evaluateTextPrompt({
        session,
        encoder: model,
        maxPositions: model.maxPositions,
        task: experiment.task,
        examples: material.test,
        train: material.train,
        shots,
        seed: experiment.training.seed,
        options: { batchTokens: experiment.training.microBatchTokens, onProgress: () => context.heartbeat() },
      });
      baselines.push({ name, scores: given(scores) });
    }
    await writer.update({ baselines });
  } finally {
    await session.release();
  }
}

/** A resumed run must go on with what it began with. */
function refuseOther(before: string | undefined, now: string, what: string): void {
  if (before === undefined || before === now) return;
  throw new TrainerFailure(
    'bad-data',
    `${what} changed since the run began, so resuming would not give the same prompt. Start a new run.`,
  );
}

/** Only the scores that there are. */
function given(scores: Readonly<Record<string, number | undefined>>): Scores {
  return Object.fromEntries(
    Object.entries(scores).filter(
      (entry): entry is [string, number] => entry[1] !== undefined && Number.isFinite(entry[1]),
    ),
  );
}
