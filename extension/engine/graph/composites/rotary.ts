import { sameShape } from '../dimension';
import { add, mul, sub } from '../operators/elementwise';
import { concat, slice } from '../operators/shaping';
import { type Value, fail, makeComposite } from '../value';

/**
 * Rotary positions in the half-split order of Hugging Face's Llama: the pair (x[i], x[i + W/2]) is turned by its position's angle. Su et al. 2021.
 * `x` [..., W]; `cosine` and `sine` [..., W/2] broadcast against its halves, as [sequence, W/2] does for x
 * [batch, heads, sequence, W]. The tables come from the host: a GPU's own sine is too coarse.
 */
export function rotary(x: Value, cosine: Value, sine: Value): Value {
  const width = x.shape.at(-1);
  if (typeof width !== 'number' || width % 2 !== 0)
    fail('Rotary', [x, cosine, sine], 'the last dimension must be an even number.');
  const half = width / 2;
  if (!sameShape(cosine.shape, sine.shape) || cosine.shape.at(-1) !== half || cosine.shape.length > x.shape.length)
    fail('Rotary', [x, cosine, sine], `cosine and sine must be [..., ${half}].`);
  return makeComposite('Rotary', [x, cosine, sine], {}, () => {
    const [first, second] = [slice(x, -1, 0, half), slice(x, -1, half)];
    return concat([sub(mul(first, cosine), mul(second, sine)), add(mul(second, cosine), mul(first, sine))], -1);
  });
}
