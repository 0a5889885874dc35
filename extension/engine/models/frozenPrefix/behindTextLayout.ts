import { sumOf } from '../../graph/dimension';
import { input } from '../../graph/leaves';
import { mul } from '../../graph/operators/elementwise';
import { gather } from '../../graph/operators/indexing';
import { concat, expand, reshape } from '../../graph/operators/shaping';
import type { Value } from '../../graph/value';
import type { CausalLayout } from '../causalLayout';
import { layoutBehind } from '../generation/continuationLayout';
import type { PastLayers } from '../generation/pastLayers';

/**
 * The layout of rows [text ; prompt ; tail ; target without its last token] of which the text lies in the past. A causal model reads the
 * text before the prompt, so nothing of the text changes while the prompt is learned: its keys and values are computed once and fed, and
 * only P + tail + target rows go through the model. Inputs that have no tail are the whole text.
 *
 * @param prompt [P, D] or [batch, P, D].
 */
export function behindTextLayout(prompt: Value, past: PastLayers): CausalLayout {
  const slotRows = input('slotRows', 'int64', ['batch', 'slots']);
  const targetSlots = input('targetSlots', 'int64', ['targets']);
  return layoutBehind(past, sumOf(prompt.shape.at(-2)!, 'text'), slotRows, (x) => gather(x, targetSlots));
}

/** The input embeddings of each row's prompt, and of its tail and target, [batch * (P + text), D]; scaled as embedRows does. */
export function embedBehindText(embeddings: Value, scale: number, prompt: Value): Value {
  const width = embeddings.shape[1]!;
  const prompts = expand(prompt, ['batch', ...prompt.shape.slice(-2)]);
  const behind = mul(gather(embeddings, input('ids', 'int64', ['batch', 'text'])), scale);
  return reshape(concat([prompts, behind], 1), [-1, width]);
}
