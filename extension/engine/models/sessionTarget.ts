import type { Target } from '../graph/emission/target';
import type { SessionOptions } from './frozenModel';

/** What the graphs of a session are written for. */
export function sessionTarget({ executionProvider, precision = 'float32', weights }: SessionOptions): Target {
  return { executionProvider, precision, float16Weights: weights === 'float16' };
}
