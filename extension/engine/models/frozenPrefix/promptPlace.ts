import type { Feed } from '../../graph/session';
import type { Value } from '../../graph/value';
import type { EncodedExample, PrefixCache } from '../frozenModel';
import { PastLayers } from '../generation/pastLayers';
import { type LanguageModel, masked } from '../languageModel';
import type { Padding } from '../padding';
import { behindTextFeeds } from './behindTextBatch';
import { headOf } from './inputParts';
import type { OpenPrefixCache } from './prefixCache';

/** Where in a row the prompt stands, as sessions see it: the graph's logits, and what they are fed with. */
export interface PromptPlace {
  /** As {@link LanguageModel.targetLogits}. */
  logits(prompt: Value | undefined): Value;
  /** As {@link LanguageModel.feeds}. @param hidden for each row the virtual token that attention is not to see, if any. */
  feeds(
    examples: readonly EncodedExample[],
    promptLength: number,
    promptPerRow: boolean,
    padding: Padding,
    hidden?: readonly (number | undefined)[],
  ): Promise<Record<string, Feed>>;
}

/** Behind the text whose keys and values are kept in `cache`, or in front of it where there is none. */
export function promptPlace(network: LanguageModel, cache: PrefixCache | undefined): PromptPlace {
  return cache === undefined ? inFront(network) : behindText(network, cache as OpenPrefixCache);
}

function inFront(network: LanguageModel): PromptPlace {
  return {
    logits: (prompt) => network.targetLogits(prompt),
    feeds(examples, promptLength, promptPerRow, padding, hidden = []) {
      const feeds = network.feeds(examples, promptLength, promptPerRow, padding);
      return Promise.resolve(hidden.length === 0 ? feeds : withHidden(feeds, hidden));
    },
  };
}

/** @throws Error for a prompt of no tokens, which has no place. */
function behindText({ continuation, maxPositions }: LanguageModel, cache: OpenPrefixCache): PromptPlace {
  if (continuation.kind !== 'causal') throw new Error(noPlaceBehind);
  return {
    logits(prompt) {
      if (prompt === undefined) throw new RangeError('a prompt behind the text needs a virtual token or more');
      return continuation.logitsBehindText(prompt, new PastLayers(cache.stored));
    },
    async feeds(examples, promptLength, _, padding, hidden) {
      refuseOtherAngles(examples, promptLength, continuation.sameTablesUpTo);
      const { feeds: past, slots } = await cache.past(examples.map(headOf), padding);
      const layout = { promptLength, slots, maxPositions, padding, ...(hidden ? { hidden } : {}) };
      const { feeds, reached } = behindTextFeeds(examples, layout);
      return { ...feeds, ...past, ...continuation.positionFeeds(reached) };
    },
  };
}

/** @throws RangeError where the rope turns a text of this length otherwise than the part of it whose keys are kept. */
function refuseOtherAngles(examples: readonly EncodedExample[], promptLength: number, sameUpTo = Infinity): void {
  const longest = Math.max(...examples.map(({ inputIds, targetIds }) => inputIds.length + targetIds.length));
  if (promptLength + longest > sameUpTo)
    throw new RangeError(
      `an example has ${longest} tokens, ${promptLength + longest} with the prompt; beyond ${sameUpTo} the model's rope turns every position otherwise, so a prompt behind such a text is not supported. Shorten the text, or put the prompt in front ("position": "prefix")`,
    );
}

/** Why an encoder-decoder cannot have its prompt there. */
export const noPlaceBehind =
  'only a decoder-only (causal) model can have its prompt behind the text: the encoder of this one reads text and prompt in both directions, so nothing of the text stays the same';

/** The same feeds, with one virtual token of each row masked. Both kinds of model have a mask whose first columns are the prompt's. */
function withHidden(
  feeds: Readonly<Record<string, Feed>>,
  hiddenOf: readonly (number | undefined)[],
): Record<string, Feed> {
  const name = 'promptMask' in feeds ? 'promptMask' : 'encoderMask';
  const { data, shape } = feeds[name]!;
  const mask = Float32Array.from(data, Number);
  for (const [row, position] of hiddenOf.entries())
    if (position !== undefined) mask[row * shape[1]! + position] = masked;
  return { ...feeds, [name]: { data: mask, shape } };
}
