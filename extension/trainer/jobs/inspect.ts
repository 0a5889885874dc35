import { scorableClasses } from '../../engine/evaluation/evaluate';
import type { FrozenModel } from '../../engine/models/frozenModel';
import { initialWords, type LabelWords } from '../../engine/interpretation/initialWords';
import { labelPersistence } from '../../engine/interpretation/labelPersistence';
import { rowNorms } from '../../engine/interpretation/norms';
import { distancesMoved } from '../../engine/interpretation/trajectory';
import { readStoredPrompt } from '../../engine/prompts/storedPrompt';
import {
  defaultNeighbours,
  type PromptInspection,
  type PromptSnapshot,
  type Trajectory,
} from '../../protocol/inspection';
import type { InspectJob } from '../../protocol/trainer';
import { attempt, type JobContext } from './context';
import { Inspector, type Start } from './inspection/inspector';
import { fitWarnings, inspectedModel, inspectedPrompt } from './inspection/inspected';
import { openPromptModel } from './promptModel';
import { type PromptSource, readPrompt } from './promptSource';
import { readSourcePrompt, startingPrompt } from './startingPrompt';

/**
 * Looks at a prompt, and at every checkpoint where it is a run's. What is shown first comes first, as an event: the checkpoint that was named.
 * A stop ends it after the checkpoint it is at, with what was found.
 */
export async function inspect(job: InspectJob, context: JobContext): Promise<PromptInspection> {
  const phase = (text: string, share?: number): void =>
    context.event({ type: 'phase', text, ...(share === undefined ? {} : { share }) });
  const { neighbours = defaultNeighbours, metric = 'cosine' } = job;

  phase('reading the prompt');
  const source = await readPrompt(job.prompt);
  phase('opening the frozen model');
  const model = await openPromptModel([source], job, context);
  const fit = fitWarnings(source, model);
  phase('reading the vocabulary');
  const inspector = await attempt('bad-model', () => Inspector.open(model, neighbours, metric));
  try {
    const { readable, unreadable } = await readCheckpoints(source);
    const labels = labelsOf(source, model);
    const { start, trajectory, remark } = await startOf(source, readable, labels, model, inspector);
    const warnings = [...fit, ...unreadable, ...(remark === undefined ? [] : [remark])];
    if (trajectory?.start === 'recomputed')
      warnings.push(
        'The run keeps no checkpoint of step 0; its start was computed again from the experiment and its seed.',
      );

    phase('finding the nearest tokens');
    const { path, prompt: named } = source.stored;
    const shown: ReadablePrompt = readable.find(({ step }) => step === source.run?.step) ?? { path, prompt: named };
    const look = ({ prompt, ...place }: ReadablePrompt): Promise<PromptSnapshot> =>
      inspector.snapshot(prompt, place, start);
    const first = await look(shown);
    if (first.baseline.meaningful === 0)
      warnings.push('No virtual token is nearer to a token than random vectors are: its neighbours say nothing of it.');
    const asBegun = first.tokens.filter(({ position, neighbours: [nearest] }) =>
      start?.words[position]?.ids.includes(nearest!.id),
    ).length;
    if (asBegun > 0)
      warnings.push(
        `${asBegun} of ${first.tokens.length} virtual tokens are nearest to a token that they started as: it tells where they began, not what they learned.`,
      );
    const inspection: PromptInspection = {
      prompt: inspectedPrompt(source),
      model: inspectedModel(model),
      metric,
      neighbours,
      checkpoints: readable.map(({ step, path }) => ({
        step: step!,
        folder: path,
        best: step === source.run?.record.best?.step,
      })),
      snapshots: [first],
      vocabularyNorms: inspector.vocabularyNorms,
      ...(trajectory ? { trajectory } : {}),
      labels: [],
      warnings,
    };
    context.event({ type: 'inspection', inspection });

    phase('drawing the map');
    const snapshots = [await inspector.withUmap(first, shown.prompt)];
    context.event({ type: 'snapshot', snapshot: snapshots[0]! });
    const others = job.onlyFirst ? [] : readable.filter((each) => each !== shown).toReversed();
    for (const prompt of others) {
      if (context.signal.aborted) break;
      const snapshot = await look(prompt);
      snapshots.push(snapshot);
      context.event({ type: 'snapshot', snapshot });
      context.heartbeat();
      phase('looking at the checkpoints', (snapshots.length - 1) / others.length);
    }
    return { ...inspection, snapshots, labels: persistenceOf(labels, source, snapshots) };
  } finally {
    await inspector.release();
  }
}

interface ReadablePrompt {
  readonly path: string;
  readonly step?: number;
  readonly prompt: Float32Array;
}

/** All prompts of a run, by rising step; of a damaged one why it is left out. */
async function readCheckpoints({
  run,
}: PromptSource): Promise<{ readable: readonly ReadablePrompt[]; unreadable: readonly string[] }> {
  const readable: ReadablePrompt[] = [];
  const unreadable: string[] = [];
  for (const { step, folder } of run?.checkpoints ?? [])
    try {
      readable.push({ path: folder, step, prompt: (await readStoredPrompt(folder)).prompt });
    } catch (error) {
      unreadable.push(`The checkpoint of step ${step} is left out: ${(error as Error).message}`);
    }
  return { readable, unreadable };
}

function labelsOf({ run }: PromptSource, model: FrozenModel): LabelWords[] {
  const classes = run?.experiment && scorableClasses(run.experiment.task, model);
  // In front of a text and inside it, words are other tokens to most tokenizers.
  return (classes ?? []).map(({ words }) => ({
    words,
    ids: [...new Set([...model.encodeWords(words), ...model.encodeWords(` ${words}`)])],
  }));
}

/** The run's start: its checkpoint of step 0, else computed again. Undefined for a prompt that no run of ours began, or whose source is gone. */
async function startOf(
  { run, stored }: PromptSource,
  checkpoints: readonly ReadablePrompt[],
  labels: readonly LabelWords[],
  model: FrozenModel,
  inspector: Inspector,
): Promise<{ start?: Start; trajectory?: Trajectory; remark?: string }> {
  const experiment = run?.experiment;
  if (!experiment) return {};
  const kept = checkpoints.find(({ step }) => step === 0)?.prompt;
  const words = labels.map((label) => label.words);
  const computed = async (): Promise<Float32Array> => {
    const source = await readSourcePrompt(experiment, run.record.baseFolder, run.record.startedFrom);
    return startingPrompt(model, experiment, words, source);
  };
  let prompt: Float32Array;
  try {
    prompt = kept ?? (await attempt('bad-prompt', computed));
  } catch (error) {
    // The prompt that a run started from may be gone; any other start can always be had again.
    if (experiment.prompt.initialiser !== 'prompt') throw error;
    return {
      remark: `The run keeps no checkpoint of step 0, and its start cannot be had again: ${(error as Error).message}`,
    };
  }
  if (prompt.length !== stored.prompt.length) return {};
  const written = experiment.prompt.initialiser === 'class-labels' ? labels : [];
  const nearest = await inspector.nearestByDistance(prompt);
  return {
    start: { prompt, words: initialWords(nearest, rowNorms(prompt, model.width), written) },
    trajectory: {
      start: kept ? 'checkpoint' : 'recomputed',
      checkpoints: checkpoints.map(({ step, prompt: then }) => ({
        step: step!,
        distances: distancesMoved(prompt, then, model.width),
      })),
    },
  };
}

function persistenceOf(
  labels: readonly LabelWords[],
  { run }: PromptSource,
  snapshots: readonly PromptSnapshot[],
): PromptInspection['labels'] {
  const atSteps = snapshots
    .flatMap(({ step, tokens }) =>
      step === undefined ? [] : [{ step, neighbours: tokens.map((token) => token.neighbours) }],
    )
    .toSorted((a, b) => a.step - b.step);
  return labelPersistence(labels, run?.experiment?.prompt.initialiser === 'class-labels', atSteps);
}
