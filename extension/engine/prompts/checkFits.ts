import type { FrozenModel } from '../models/frozenModel';
import type { StoredPrompt } from './storedPrompt';

/** Whether a prompt can be used with a model. */
export interface Fit {
  /** Why it cannot, a sentence each; none where it can. */
  readonly problems: readonly string[];
  /** What a person should know although it can. */
  readonly warnings: readonly string[];
}

const kinds = { causal: 'decoder-only', 'encoder-decoder': 'encoder-decoder' } as const;

/**
 * Compares what a prompt's file says of its frozen model with a model. Width, kind and vocabulary have to be the same, or the prompt's
 * rows would mean nothing to it; a different name is only told, since one model has many: a hub id, a folder, a copy.
 * @param weights SHA-256 of the model's weights, where it is known.
 */
export function checkFits(
  stored: StoredPrompt,
  model: Pick<FrozenModel, 'name' | 'folder' | 'kind' | 'width' | 'vocabulary' | 'maxPositions'>,
  weights?: string,
): Fit {
  const { length, width, kind, baseModel, learnedOn = {}, remarks = [] } = stored;
  const problems: string[] = [];
  const warnings: string[] = [...remarks];
  if (width !== model.width)
    problems.push(`The prompt has width ${width}; ${model.name} has embeddings of width ${model.width}.`);
  if (kind !== undefined && kind !== model.kind)
    problems.push(`The prompt belongs to a model of kind ${kinds[kind]}; ${model.name} is ${kinds[model.kind]}.`);
  if (learnedOn.position && model.kind !== 'causal')
    problems.push(`The prompt stands behind the text; ${model.name} is encoder-decoder and has no such place.`);
  if (learnedOn.vocabulary !== undefined && learnedOn.vocabulary !== model.vocabulary)
    problems.push(
      `The prompt was learned with a vocabulary of ${learnedOn.vocabulary} tokens; ${model.name} has ${model.vocabulary}.`,
    );
  if (length >= model.maxPositions)
    problems.push(
      `The prompt has ${length} virtual tokens and leaves no room for a text: ${model.name} was made for ${model.maxPositions} at most.`,
    );

  const sameWeights = learnedOn.weights !== undefined && learnedOn.weights === weights;
  const named = [baseModel, learnedOn.model].filter((name) => name !== undefined);
  const names = [model.name, model.folder].map(shortName);
  if (!sameWeights && named.length > 0 && !named.some((name) => names.includes(shortName(name))))
    warnings.push(`The prompt was learned with ${named[0]}; this model is called ${model.name}.`);
  if (!sameWeights && learnedOn.weights !== undefined && weights !== undefined)
    warnings.push(`The weights of ${model.name} are not the ones that the prompt was learned with.`);
  return { problems, warnings };
}

/** The last part of a path or hub id in lower case; of a snapshot in a hub cache, that of the hub id it is a copy of. */
function shortName(nameOrPath: string): string {
  const parts = (hubId(nameOrPath) ?? nameOrPath).split(/[\\/]/).filter((part) => part !== '');
  return (parts.at(-1) ?? '').toLowerCase();
}

/** `org/name` of `.../models--org--name/snapshots/<revision>`, how hub caches lay out a model; undefined for any other path. */
export function hubId(path: string): string | undefined {
  return /(?:^|[\\/])models--([^\\/]+)[\\/]snapshots[\\/]/.exec(path)?.[1]?.replace('--', '/');
}
