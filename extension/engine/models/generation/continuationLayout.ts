import { input, range } from '../../graph/leaves';
import { add, cast, greaterOrEqual, mul, sub } from '../../graph/operators/elementwise';
import { gather } from '../../graph/operators/indexing';
import { concat, expand, reshape, unsqueeze } from '../../graph/operators/shaping';
import type { Value } from '../../graph/value';
import type { CausalLayout, Span } from '../causalLayout';
import { masked } from '../languageModel';
import { type PastLayers, pastTokens } from './pastLayers';

/** The input embeddings of new tokens [batch, text, D] as rows, so that virtual tokens go in as words do (PEFT's `inputs_embeds`). */
export function embeddedTokens(width: number): Value {
  return reshape(input('embedded', 'float', ['batch', 'text', width]), [-1, width]);
}

/**
 * The layout of a pass over new tokens only, [batch, text] of them, each row going on behind a past of its own length:
 * - `positions` [batch, text]: where each stands in its row
 * - `causalBias` [batch, text, past + text]: which keys each may look at; the past's stand at the positions 0, 1, ...
 * - `lastTokens` [batch]: which of the batch * text tokens predicts the next one of its row
 */
export function continuationLayout(past: PastLayers): CausalLayout {
  const positions = input('positions', 'int64', ['batch', 'text']);
  const causalBias = input('causalBias', 'float', ['batch', 'text', 'past + text']);
  const lastTokens = unsqueeze(input('lastTokens', 'int64', ['batch']), 1);
  const biasWithin = (window: number | undefined): Value =>
    window === undefined ? causalBias : add(causalBias, windowBias(positions, window));

  const span = (length: Span['length'], pick: (x: Value) => Value): Span => ({
    batch: 'batch',
    length,
    firstRow: 0,
    atPositions: (table) => unsqueeze(gather(table, pick(positions)), 1),
    bias: (window) => unsqueeze(pick(biasWithin(window)), 1),
  });
  const spans = [span('text', (x) => x)];
  const atLast = (x: Value): Value => gather(reshape(x, ['batch*text', ...x.shape.slice(2)]), lastTokens);
  return {
    sequence: 'reached',
    spans,
    everywhere: { spans, from: (x) => x },
    atTargets: { spans: [span(1, atLast)], from: (x) => reshape(gather(x, lastTokens), ['batch', x.shape[1]!]) },
    withoutPadding: (x) => x,
    past,
  };
}

/** [batch, text, past + text]: 0 where a key is less than `window` positions behind a token, far below any score elsewhere. */
function windowBias(positions: Value, window: number): Value {
  const pastPositions = expand(unsqueeze(range(pastTokens), 0), ['batch', pastTokens]);
  const keys = unsqueeze(concat([pastPositions, positions], 1), 1);
  const distances = cast(sub(unsqueeze(positions, 2), keys), 'float');
  return mul(cast(greaterOrEqual(distances, window), 'float'), masked);
}
