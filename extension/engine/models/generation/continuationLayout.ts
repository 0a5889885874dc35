import { type Dim, productOf, sumOf } from '../../graph/dimension';
import { input, range } from '../../graph/leaves';
import { gather } from '../../graph/operators/indexing';
import { concat, expand, reshape, unsqueeze } from '../../graph/operators/shaping';
import type { Value } from '../../graph/value';
import { type CausalLayout, type Span, distancesBetween } from '../causalLayout';
import { type PastLayers, pastTokens } from './pastLayers';

/** The input embeddings of new tokens [batch, text, D] as rows, so that virtual tokens go in as words do (PEFT's `inputs_embeds`). */
export function embeddedTokens(width: number): Value {
  return reshape(input('embedded', 'float', ['batch', 'text', width]), [-1, width]);
}

/** A pass over new tokens whose last one predicts the next of its row; `lastTokens` [batch] says which of the batch * text tokens that is. */
export function continuationLayout(past: PastLayers): CausalLayout {
  return layoutBehind(past, 'text', unsqueeze(input('lastTokens', 'int64', ['batch']), 1), (x) => x);
}

/**
 * The layout of a pass over new tokens only, [batch, length] of them, each row going on behind a past of its own length:
 * - `positions` [batch, length]: where each stands in its row
 * - `causalBias` [batch, length, past + length]: which keys each may look at; the past's stand at the positions 0, 1, ...
 *
 * @param slotRows [batch, slots]: which of the batch * length tokens predict a target.
 * @param withoutPadding [batch * slots, width] -> the rows of true targets, [targets, width].
 */
export function layoutBehind(
  past: PastLayers,
  length: Dim,
  slotRows: Value,
  withoutPadding: CausalLayout['withoutPadding'],
): CausalLayout {
  const slots = slotRows.shape[1]!;
  const positions = input('positions', 'int64', ['batch', length]);
  const causalBias = input('causalBias', 'float', ['batch', length, sumOf(pastTokens, length)]);
  const keys = concat([expand(unsqueeze(range(pastTokens), 0), ['batch', pastTokens]), positions], 1);
  const distances = distancesBetween(positions, keys);

  const span = (rows: Dim, pick: (x: Value) => Value): Span => ({
    batch: 'batch',
    length: rows,
    firstRow: 0,
    atPositions: (table) => unsqueeze(gather(table, pick(positions)), 1),
    bias: unsqueeze(pick(causalBias), 1),
    distances: unsqueeze(pick(distances), 1),
  });
  const spans = [span(length, (x) => x)];
  const atSlots = (x: Value): Value =>
    gather(reshape(x, [productOf(['batch', length]), ...x.shape.slice(2)]), slotRows);
  return {
    sequence: 'reached',
    spans,
    everywhere: { spans, from: (x) => x },
    atTargets: { spans: [span(slots, atSlots)], from: (x) => reshape(gather(x, slotRows), [-1, x.shape[1]!]) },
    withoutPadding,
    past,
  };
}
