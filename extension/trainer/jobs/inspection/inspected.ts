import type { FrozenModel } from '../../../engine/models/frozenModel';
import { checkFits } from '../../../engine/prompts/checkFits';
import type { InspectedModel, NamedPrompt } from '../../../protocol/inspection';
import { TrainerFailure } from '../../failure';
import type { PromptSource } from '../promptSource';

/** What a person should know of a prompt with a model. @throws TrainerFailure "bad-prompt" where it does not fit. */
export function fitWarnings({ stored }: PromptSource, model: FrozenModel): readonly string[] {
  const { problems, warnings } = checkFits(stored, model);
  if (problems.length > 0) throw new TrainerFailure('bad-prompt', `${stored.path}: ${problems.join(' ')}`);
  return warnings;
}

/** What a person is told of the prompt. */
export function inspectedPrompt({ name, stored, run }: PromptSource): NamedPrompt {
  const { path, length, width, learnedOn } = stored;
  const prompt = { path, name, length, width, ...(learnedOn?.position ? { position: learnedOn.position } : {}) };
  if (!run) return prompt;
  const { folder, step, record } = run;
  return { ...prompt, run: { id: record.id, name: record.name, folder }, step };
}

/** What a person is told of the model. */
export function inspectedModel(model: FrozenModel): InspectedModel {
  const { name, folder, architecture, kind, parameters, width, layers, vocabulary } = model;
  return { name, folder, architecture, kind, parameters, width, layers, vocabulary };
}
