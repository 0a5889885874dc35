import { reshape } from '../graph/operators/shaping';
import type { Value } from '../graph/value';
import { type CausalAttentionOptions, causalAttention } from './causalAttention';
import type { Asking, CausalLayout } from './causalLayout';
import type { Configuration } from './configuration';
import type { FrozenTensors } from './frozenTensors';
import { type LinearWeights, project, readLinear, readStackedLinears } from './modules';

/** Sizes of grouped-query attention (Ainslie et al. 2023): `groups` key and value heads, each for several of the `heads`. */
export interface GroupedHeads {
  readonly heads: number;
  readonly groups: number;
  readonly headWidth: number;
}

/** @param defaults what the architecture takes where config.json is silent. */
export function readGroupedHeads(configuration: Configuration, defaults: Partial<GroupedHeads>): GroupedHeads {
  const heads = configuration.count('num_attention_heads', defaults.heads);
  const groups = configuration.count('num_key_value_heads', defaults.groups ?? heads);
  const headWidth = configuration.count('head_dim', defaults.headWidth);
  if (heads % groups !== 0)
    configuration.reject('num_key_value_heads', `, it must divide the ${heads} attention heads`);
  if (headWidth % 2 !== 0) configuration.reject('head_dim', `, it must be even for rotary positions`);
  return { heads, groups, headWidth };
}

export interface GroupedAttentionWeights {
  readonly query: LinearWeights;
  readonly key: LinearWeights;
  readonly value: LinearWeights;
  readonly output: LinearWeights;
  readonly queryNorm?: Value;
  readonly keyNorm?: Value;
}

/** Which parts the attention of an architecture has besides its four projections. */
export interface AttentionExtras {
  /** Whether queries, keys and values are one projection in the checkpoint, in this order. */
  readonly fused?: boolean;
  /** Biases of query, key and value, and of the output. */
  readonly inwardBiases: boolean;
  readonly outputBias: boolean;
  /** What the norms of queries and keys are over: each head, or all heads of a position at once. */
  readonly norms: 'none' | 'heads' | 'all heads';
}

/** `name`: of the attention in the checkpoint, as `model.layers.0.self_attn`. */
export function readGroupedAttention(
  tensors: FrozenTensors,
  name: string,
  width: number,
  { heads, groups, headWidth }: GroupedHeads,
  { fused = false, inwardBiases, outputBias, norms }: AttentionExtras,
): GroupedAttentionWeights {
  const [asking, asked] = [heads * headWidth, groups * headWidth];
  const norm = (part: string, whole: number): Value =>
    tensors.tensor(`${name}.${part}.weight`, [norms === 'heads' ? headWidth : whole]);
  const [query, key, value] = fused
    ? readStackedLinears(tensors, `${name}.qkv_proj`, [asking, asked, asked], width)
    : (['q_proj', 'k_proj', 'v_proj'] as const).map((part) =>
        readLinear(tensors, `${name}.${part}`, [part === 'q_proj' ? asking : asked, width], inwardBiases),
      );
  return {
    ...{ query: query!, key: key!, value: value! },
    output: readLinear(tensors, `${name}.o_proj`, [width, asking], outputBias),
    ...(norms === 'none' ? {} : { queryNorm: norm('q_norm', asking), keyNorm: norm('k_norm', asked) }),
  };
}

/**
 * Self-attention with projections before and after: x [rows, D] -> [asking, D].
 *
 * @param normalise normalises queries and keys where there are weights for it: [any, n] with a weight [n], which is as long as a head or as
 * all of them.
 */
export function groupedAttention(
  w: GroupedAttentionWeights,
  layout: CausalLayout,
  asking: Asking,
  x: Value,
  options: CausalAttentionOptions & { readonly normalise: (x: Value, weight: Value) => Value },
): Value {
  const normalised = (y: Value, weight: Value | undefined): Value =>
    weight === undefined ? y : reshape(options.normalise(reshape(y, [-1, weight.shape[0]!]), weight), y.shape);
  const projections = {
    query: normalised(project(asking.from(x), w.query), w.queryNorm),
    key: normalised(project(x, w.key), w.keyNorm),
    value: project(x, w.value),
  };
  return project(causalAttention(layout, asking, projections, options), w.output);
}
