import { add, exp, log, sub } from '../operators/elementwise';
import { gatherElements } from '../operators/indexing';
import { reduceMax, reduceSum } from '../operators/reductions';
import { squeeze, unsqueeze } from '../operators/shaping';
import { type Value, fail, makeComposite } from '../value';

/**
 * Negative log-likelihood of each target in nats: logits [N, V], targets [N] (class numbers) -> [N]. Weigh and sum it for a loss:
 * `reduceSum(mul(crossEntropy(logits, targets), weights))`.
 */
export function crossEntropy(logits: Value, targets: Value): Value {
  if (logits.shape.length !== 2 || targets.shape.length !== 1 || targets.shape[0] !== logits.shape[0])
    fail('CrossEntropy', [logits, targets], 'it needs logits [N, V] and targets [N].');
  return makeComposite('CrossEntropy', [logits, targets], {}, () =>
    squeeze(sub(logSumExp(logits), gatherElements(logits, unsqueeze(targets, 1), 1)), 1),
  );
}

/** log of the sum of exp(x) over the last dimension, which stays with size 1; shifted by the maximum, so that it cannot overflow. */
export function logSumExp(x: Value): Value {
  const top = reduceMax(x, [-1], { keepDims: true });
  return add(log(reduceSum(exp(sub(x, top)), [-1], { keepDims: true })), top);
}
