import type { FrozenModel } from '../../engine/models/frozenModel';
import type { FrozenWeights } from '../../protocol/experiment';
import { TrainerFailure } from '../failure';
import type { JobContext } from './context';
import { openNamedModel } from './namedModel';
import type { PromptSource } from './promptSource';

/** The frozen model that was asked for, as an experiment names it, and where relative names start from. */
export interface WantedModel {
  readonly model?: string | undefined;
  readonly baseFolder: string;
}

/**
 * Opens the frozen model of some prompts: the one that was asked for, else the one that the first run or adapter that says so names; with
 * 4-bit weights where all of them learned with such, since it is then a slightly different model.
 * @throws TrainerFailure "bad-model" where none is named or it cannot be opened.
 */
export async function openPromptModel(
  sources: readonly PromptSource[],
  wanted: WantedModel,
  { resources }: JobContext,
): Promise<FrozenModel> {
  const known = sources.map((source) => modelName(source, wanted)).find((each) => each !== undefined);
  const { name, from, saidBy } = wanted.model === undefined ? (known ?? unknown(sources)) : asked(wanted.model, wanted);
  return openNamedModel(name, from, resources, { frozenWeights: allInFourBits(sources) ? 'int4' : 'stored' }).catch(
    (error: unknown) => {
      if (saidBy === undefined || !(error instanceof TrainerFailure)) throw error;
      const why = `${saidBy}: says that its frozen model is ${name}, which cannot be opened here. ${error.message}`;
      throw new TrainerFailure(error.code, `${why} Or name the frozen model yourself.`, error.detail);
    },
  );
}

/** How the runs of the prompts held the weights: as they are stored where one of them asked for that. */
export function weightsOfRuns(sources: readonly PromptSource[]): { readonly frozenWeights: FrozenWeights } {
  if (allInFourBits(sources)) return { frozenWeights: 'int4' };
  return { frozenWeights: sources.some((source) => heldAs(source) === 'stored') ? 'stored' : 'auto' };
}

/** What to know of prompts that learned with 4-bit weights and meet others: one line each. */
export function notInFourBits(sources: readonly PromptSource[]): string[] {
  if (allInFourBits(sources)) return [];
  return sources
    .filter((source) => heldAs(source) === 'int4')
    .map(
      ({ name }) =>
        `${name}: was learned with 4-bit weights and is used here with the stored ones, as the other prompts are; alone it is used with its own.`,
    );
}

function allInFourBits(sources: readonly PromptSource[]): boolean {
  return sources.length > 0 && sources.every((source) => heldAs(source) === 'int4');
}

function heldAs({ run }: PromptSource): FrozenWeights | undefined {
  return run?.experiment?.frozenWeights;
}

interface ModelPlace {
  readonly name: string;
  readonly from: string;
  /** The adapter that names it; undefined where a person or a run does. */
  readonly saidBy?: string;
}

function asked(name: string, { baseFolder }: WantedModel): ModelPlace {
  return { name, from: baseFolder };
}

function modelName({ stored, run }: PromptSource, { baseFolder }: WantedModel): ModelPlace | undefined {
  // An experiment names its model from its own folder; what an adapter names is where the unpacked model lay.
  if (run?.experiment) return { name: run.experiment.model, from: run.record.baseFolder };
  const { model } = run?.record ?? {};
  if ([model?.name, stored.learnedOn?.model].includes('bundled')) return { name: 'bundled', from: baseFolder };
  if (model?.folder !== undefined) return { name: model.folder, from: baseFolder };
  const name = stored.baseModel;
  return name === undefined ? undefined : { name, from: baseFolder, saidBy: stored.path };
}

function unknown([first]: readonly PromptSource[]): never {
  const who = first ? `${first.stored.path}: does not say` : 'No prompt says';
  throw new TrainerFailure('bad-model', `${who} which frozen model it belongs to. Name the model.`);
}
