import type { Random } from '../../datasets/random';
import type { Sampling } from '../frozenModel';

/** The likeliest token, the first of equals. */
export function likeliest(logits: Float32Array): number {
  let best = 0;
  for (let id = 1; id < logits.length; id++) if (logits[id]! > logits[best]!) best = id;
  return best;
}

/** log softmax of the logits at one token, nats. */
export function logProbability(logits: Float32Array, id: number): number {
  const top = logits[likeliest(logits)]!;
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - top);
  return logits[id]! - top - Math.log(sum);
}

/**
 * Draws a token from softmax(logits / temperature), cut to the `topK` likeliest tokens (Fan et al. 2018) and then to the fewest of those
 * that together reach the probability `topP` (nucleus sampling, Holtzman et al. 2020). Of equal logits the first counts as likelier.
 */
export function drawToken(logits: Float32Array, { temperature, topK, topP }: Sampling, random: Random): number {
  const order = Uint32Array.from(logits.keys());
  // Without a cut any order will do, and sorting a vocabulary takes longer than all the rest.
  if (topK !== undefined || topP !== undefined) order.sort((a, b) => logits[b]! - logits[a]! || a - b);
  const top = logits[likeliest(logits)]!;
  const likely = order.subarray(0, topK ?? order.length);
  const weights = Float64Array.from(likely, (id) => Math.exp((logits[id]! - top) / temperature));
  const kept = topP === undefined ? weights : weights.subarray(0, nucleus(weights, topP));
  let left = random.uniform() * sumOf(kept);
  for (const [i, weight] of kept.entries()) {
    left -= weight;
    if (left < 0) return likely[i]!;
  }
  // Rounding may leave nothing to the last one.
  return likely[kept.length - 1]!;
}

/** How many of the weights, the largest first, reach the share `topP` of their sum; at least one. */
function nucleus(weights: Float64Array, topP: number): number {
  const wanted = topP * sumOf(weights);
  let reached = 0;
  for (const [i, weight] of weights.entries()) {
    reached += weight;
    if (reached >= wanted) return i + 1;
  }
  return weights.length;
}

function sumOf(numbers: Float64Array): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}

/** @throws RangeError naming the number that makes no sense. */
export function checkSampling({ temperature, topK, topP }: Sampling): void {
  if (!(temperature > 0) || !Number.isFinite(temperature))
    throw new RangeError(`a temperature of ${temperature}: it must be above 0; leave sampling out for greedy text`);
  if (topK !== undefined && (!Number.isInteger(topK) || topK < 1))
    throw new RangeError(`a top-k of ${topK}: it must be a whole number from 1`);
  if (topP !== undefined && !(topP > 0 && topP <= 1))
    throw new RangeError(`a top-p of ${topP}: it must be above 0 and at most 1`);
}
