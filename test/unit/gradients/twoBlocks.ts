import { silu } from '../../../extension/engine/graph/composites/activations';
import { attention } from '../../../extension/engine/graph/composites/attention';
import { crossEntropy } from '../../../extension/engine/graph/composites/crossEntropy';
import { rmsNorm } from '../../../extension/engine/graph/composites/normalization';
import { rotary } from '../../../extension/engine/graph/composites/rotary';
import { constant } from '../../../extension/engine/graph/leaves';
import { linear } from '../../../extension/engine/graph/operators/contraction';
import { add, mul } from '../../../extension/engine/graph/operators/elementwise';
import { gather } from '../../../extension/engine/graph/operators/indexing';
import { concat, expand, reshape, transpose } from '../../../extension/engine/graph/operators/shaping';
import type { Value } from '../../../extension/engine/graph/value';
import { type Case, noise } from './differences';

const width = 8;
const heads = 4;
const groups = 2;
const headWidth = 2;
const vocabulary = 11;
const length = 'prompt + sequence';

let seed = 100;
/** Weights of a layer, [out, in], of a size that keeps activations near 1. */
function weights(out: number, within: number): Value {
  return constant(
    noise(out * within, seed++).map((x) => (x * 1.7) / Math.sqrt(within)),
    'float',
    [out, within],
  );
}

function split(x: Value, count: number): Value {
  return transpose(reshape(x, ['batch', length, count, headWidth]), [0, 2, 1, 3]);
}

function block(x: Value, cosine: Value, sine: Value, mask: Value): Value {
  const one = constant(
    noise(width, seed++).map((each) => 1 + each / 4),
    'float',
  );
  const n = rmsNorm(x, one, 1e-6);
  const q = rotary(split(linear(n, weights(heads * headWidth, width)), heads), cosine, sine);
  const k = rotary(split(linear(n, weights(groups * headWidth, width)), groups), cosine, sine);
  const v = split(linear(n, weights(groups * headWidth, width)), groups);
  const attended = attention(q, k, v, { scale: headWidth ** -0.5, bias: mask });
  const joined = reshape(transpose(attended, [0, 2, 1, 3]), [`batch*prompt + batch*sequence`, heads * headWidth]);
  const y = add(x, linear(joined, weights(width, heads * headWidth)));
  const m = rmsNorm(y, one, 1e-6);
  return add(y, linear(mul(silu(linear(m, weights(12, width))), linear(m, weights(12, width))), weights(width, 12)));
}

/** A language model of two Llama blocks with random weights: prompt [prompt, D] -> negative log-likelihood of each target. */
export const twoBlocks: Case = {
  inputs: {
    prompt: { shape: ['prompt', width] },
    ids: { type: 'int64', shape: ['batch', 'sequence'], data: [1, 5, 7, 0, 10, 3] },
    cosine: { shape: [length, headWidth / 2], differentiate: false },
    sine: { shape: [length, headWidth / 2], differentiate: false },
    mask: {
      shape: [length, length],
      data: Array.from({ length: 64 }, (_, i) => (i % 8 > Math.floor(i / 8) ? -1e9 : 0)),
      differentiate: false,
    },
    positions: { type: 'int64', shape: ['targets'], data: [6, 7, 14, 15] },
    targets: { type: 'int64', shape: ['targets'], data: [4, 2, 9, 4] },
  },
  build: ({ prompt, ids, cosine, sine, mask, positions, targets }) => {
    seed = 100;
    const embeddings = weights(vocabulary, width);
    const rows = concat([expand(prompt!, ['batch', 'prompt', width]), gather(embeddings, ids!)], 1);
    let x = reshape(rows, [`batch*prompt + batch*sequence`, width]);
    for (let layer = 0; layer < 2; layer++) x = block(x, cosine!, sine!, mask!);
    return crossEntropy(linear(gather(x, positions!), embeddings), targets!);
  },
};
