import { sumOf } from '../../graph/dimension';
import { input, range } from '../../graph/leaves';
import { mul } from '../../graph/operators/elementwise';
import { gather } from '../../graph/operators/indexing';
import { concat, reshape, unsqueeze } from '../../graph/operators/shaping';
import type { Value } from '../../graph/value';
import { type CausalLayout, type Span, distancesBetween } from '../causalLayout';
import { type PastLayers, pastTokens } from '../generation/pastLayers';

/**
 * The layout of a pass over rows that begin alike, [batch, text] tokens behind that beginning, whose keys and values are the past of all rows:
 * - `positions` [text]: where the tokens stand in their rows
 * - `causalBias` [text, past + text]: which keys each may look at
 * - `slotPlaces` [batch, slots]: which of its row's `text` tokens predict a target; `slotRows` alike, counted through all batch * text tokens
 * - `targetSlots` [targets]: which of the batch * slots are true ones
 */
export function behindBeginningLayout(past: PastLayers): CausalLayout {
  const positions = input('positions', 'int64', ['text']);
  const causalBias = input('causalBias', 'float', ['text', sumOf(pastTokens, 'text')]);
  const slotPlaces = input('slotPlaces', 'int64', ['batch', 'slots']);
  const slotRows = input('slotRows', 'int64', ['batch', 'slots']);
  const targetSlots = input('targetSlots', 'int64', ['targets']);
  const distances = distancesBetween(positions, concat([range(pastTokens), positions], 0));

  const text: Span = {
    ...{ batch: 'batch', length: 'text', firstRow: 0 },
    atPositions: (table) => gather(table, positions),
    ...{ bias: causalBias, distances },
  };
  const atSlots = (x: Value): Value => unsqueeze(gather(x, slotPlaces), 1);
  const targets: Span = {
    ...{ batch: 'batch', length: 'slots', firstRow: 0 },
    atPositions: (table) => atSlots(text.atPositions(table)),
    ...{ bias: atSlots(causalBias), distances: atSlots(distances) },
  };
  const spans = [text];
  return {
    sequence: 'reached',
    spans,
    everywhere: { spans, from: (x) => x },
    atTargets: { spans: [targets], from: (x) => reshape(gather(x, slotRows), [-1, x.shape[1]!]) },
    withoutPadding: (x) => gather(x, targetSlots),
    past,
  };
}

/**
 * The input embeddings of such rows, [batch * text, D]: `rowTokens` [batch, text] says for each token which row of the prompt, or behind the
 * prompt which of the `ids` [words], it is; so what all rows begin with goes through the same graph. Scaled as embedRows does.
 *
 * @param prompt [P, D], or undefined for the bare model.
 */
export function embedBehindBeginning(embeddings: Value, scale: number, prompt: Value | undefined): Value {
  const words = mul(gather(embeddings, input('ids', 'int64', ['words'])), scale);
  const tokens = prompt === undefined ? words : concat([prompt, words], 0);
  return reshape(gather(tokens, input('rowTokens', 'int64', ['batch', 'text'])), [-1, embeddings.shape[1]!]);
}
