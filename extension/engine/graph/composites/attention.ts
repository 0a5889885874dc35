import { add, mul, sub } from '../operators/elementwise';
import { matmul } from '../operators/contraction';
import { softmax } from '../operators/reductions';
import { reshape } from '../operators/shaping';
import { type Dim, productOf, quotientOf } from '../dimension';
import { type Value, fail, makeComposite } from '../value';
import { softCap } from './activations';

export interface AttentionOptions {
  /** Factor of the scores; 1 / sqrt(W) in most models, 1 in T5. */
  readonly scale: number;
  /** Added to the scores, broadcast to [batch, heads, T, S]: masks (a large negative number where one may not look) and relative positions. */
  readonly bias?: Value;
  /** Bound of the scores before the bias, as {@link softCap}; none in most models. */
  readonly softcap?: number | undefined;
}

/**
 * softmax(cap(scale * Q K^T) + bias) V. Vaswani et al. 2017, section 3.2.1.
 * `q` [batch, heads, T, W]; `k` [batch, groups, S, W] and `v` [batch, groups, S, U] with heads a multiple of groups (grouped-query
 * attention, Ainslie et al. 2023): head h uses group floor(h / (heads / groups)). Returns [batch, heads, T, U].
 */
export function attention(q: Value, k: Value, v: Value, { scale, bias, softcap }: AttentionOptions): Value {
  const inputs = bias === undefined ? [q, k, v] : [q, k, v, bias];
  const parts = attentionParts(q, k, v, bias, scale, softcap);
  return makeComposite('Attention', inputs, { scale, softcap }, () =>
    reshape(matmul(parts.groupedProbabilities, v), [...q.shape.slice(0, 3), v.shape[3]!]),
  );
}

export interface AttentionParts {
  /** softmax(cap(scale * Q K^T) + bias), [batch, heads, T, S]. */
  readonly probabilities: Value;
  /** The same, [batch, groups, heads / groups * T, S], so that keys and values need no repetition. */
  readonly groupedProbabilities: Value;
  /** Makes [batch, heads, T, X] of that grouped form, and back. */
  readonly group: (x: Value) => Value;
  readonly ungroup: (x: Value) => Value;
  /** The gradient of the scores -> that of scale * Q K^T, back through the cap. */
  readonly uncap: (dScores: Value) => Value;
}

/** What the forward pass and the rule of the gradient share. */
export function attentionParts(
  q: Value,
  k: Value,
  v: Value,
  bias: Value | undefined,
  scale: number,
  softcap: number | undefined,
): AttentionParts {
  const inputs = bias === undefined ? [q, k, v] : [q, k, v, bias];
  if ([q, k, v].some(({ shape }) => shape.length !== 4))
    fail('Attention', inputs, 'queries, keys and values must be [batch, heads, sequence, width].');
  const [batch, heads, queries, width] = q.shape as readonly [Dim, Dim, Dim, Dim];
  const [, groups, keys] = k.shape as readonly [Dim, Dim, Dim, Dim];
  if (
    k.shape[0] !== batch ||
    v.shape[0] !== batch ||
    v.shape[1] !== groups ||
    v.shape[2] !== keys ||
    k.shape[3] !== width
  )
    fail('Attention', inputs, 'batch, key heads, key sequence or width do not agree.');
  const share = quotientOf(heads, groups);
  if (share === undefined) fail('Attention', inputs, `${heads} query heads are not a multiple of ${groups} key heads.`);
  const rows = productOf([share, queries]);
  const group = (x: Value): Value => reshape(x, [batch, groups, rows, x.shape[3]!]);
  const ungroup = (x: Value): Value => reshape(x, [batch, heads, queries, x.shape[3]!]);
  const products = ungroup(matmul(group(q), k, { transposeB: true, scale }));
  const scores = softcap === undefined ? products : softCap(products, softcap);
  const uncap = (dScores: Value): Value => {
    if (softcap === undefined) return dScores;
    // tanh' = 1 - tanh^2, and the scores are the bound times the tanh.
    const bounded = mul(scores, 1 / softcap);
    return mul(dScores, sub(1, mul(bounded, bounded)));
  };
  const probabilities = softmax(bias === undefined ? scores : add(scores, bias));
  if (probabilities.shape.length !== 4 || probabilities.shape[0] !== batch)
    fail('Attention', inputs, 'the bias must broadcast to [batch, heads, T, S].');
  return { probabilities, groupedProbabilities: group(probabilities), group, ungroup, uncap };
}
