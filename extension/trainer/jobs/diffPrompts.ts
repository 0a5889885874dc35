import { nearestTokens } from '../../engine/interpretation/neighbours';
import { promptDifference } from '../../engine/interpretation/promptDifference';
import { tokenTexts } from '../../engine/interpretation/tokenText';
import { defaultNeighbours, type ComparedPrompt, type PromptDiff } from '../../protocol/inspection';
import type { DiffPromptsJob } from '../../protocol/trainer';
import { TrainerFailure } from '../failure';
import { attempt, type JobContext } from './context';
import { predictionDifferences } from './inspection/predictionDifferences';
import { fitWarnings, inspectedModel, inspectedPrompt } from './inspection/inspected';
import { configurationDifferences, scoreDifferences } from './inspection/runDifference';
import { openPromptModel } from './promptModel';
import { type PromptSource, readPrompt } from './promptSource';

/**
 * Compares two prompts of one frozen model.
 * @throws TrainerFailure "bad-prompt" where they belong to different ones: there is no comparing directions of two spaces.
 */
export async function diffPrompts(job: DiffPromptsJob, context: JobContext): Promise<PromptDiff> {
  const phase = (text: string): void => context.event({ type: 'phase', text });
  const { neighbours = defaultNeighbours, metric = 'cosine' } = job;
  phase('reading the prompts');
  const [a, b] = await Promise.all([readPrompt(job.a), readPrompt(job.b)]);
  if (job.model === undefined) refuseOtherModels(a, b);
  phase('opening the frozen model');
  // One of them may not say which model it is for; both have to fit it.
  const model = await openPromptModel([a, b], job, context);
  const fits = [a, b].flatMap((source) => fitWarnings(source, model));

  phase('finding the nearest tokens');
  const search = await attempt('bad-model', () => model.openNeighbourSearch(neighbours));
  try {
    const textOf = tokenTexts(model);
    const both = [];
    for (const { stored } of [a, b])
      both.push({
        prompt: stored.prompt,
        neighbours: await nearestTokens(search, stored.prompt, metric, textOf),
      });
    const { run: runA } = a;
    const { run: runB } = b;
    const runs = runA && runB ? await scoreDifferences(runA, runB) : { scores: [] };
    const predictions = await predictionDifferences(a, b);
    return {
      a: compared(a),
      b: compared(b),
      model: inspectedModel(model),
      neighbours,
      metric,
      ...promptDifference(both[0]!, both[1]!, model.width),
      configuration: runA && runB ? configurationDifferences(runA, runB) : [],
      scores: runs.scores,
      ...(predictions ? { predictions } : {}),
      warnings: [...new Set([...fits, ...(runs.warning ? [runs.warning] : []), ...otherPlaces(a, b)])],
    };
  } finally {
    await search.release();
  }
}

/** The model's name and the hash of its weights, as far as they are known. */
function learnedWith({ stored, run }: PromptSource): { readonly name?: string; readonly weights?: string } {
  const name = run?.record.model?.name ?? stored.learnedOn?.model ?? stored.baseModel;
  const weights = run?.record.model?.sha256 ?? stored.learnedOn?.weights;
  return { ...(name === undefined ? {} : { name }), ...(weights === undefined ? {} : { weights }) };
}

function refuseOtherModels(a: PromptSource, b: PromptSource): void {
  const [one, other] = [learnedWith(a), learnedWith(b)];
  const why =
    a.stored.width !== b.stored.width
      ? `their widths are ${a.stored.width} and ${b.stored.width}`
      : one.weights !== undefined && other.weights !== undefined && one.weights !== other.weights
        ? `${a.name} was learned with ${one.name ?? 'one model'}, ${b.name} with ${other.name ?? 'another'}, whose weights are not the same`
        : undefined;
  if (why === undefined) return;
  throw new TrainerFailure(
    'bad-prompt',
    `The two prompts belong to different frozen models: ${why}. A direction means something else in each of them, so there is nothing to compare.`,
  );
}

/** That the two prompts were learned for different places, if they were. */
function otherPlaces(a: PromptSource, b: PromptSource): readonly string[] {
  const [one, other] = [a, b].map(({ stored }) => stored.learnedOn?.position ?? 'prefix');
  if (one === other) return [];
  return [
    `The prompts stand in different places (A: ${one}, B: ${other}), so each was learned for another task: like virtual tokens need not do the same.`,
  ];
}

function compared(source: PromptSource): ComparedPrompt {
  const { name } = learnedWith(source);
  return { ...inspectedPrompt(source), ...(name === undefined ? {} : { model: name }) };
}
