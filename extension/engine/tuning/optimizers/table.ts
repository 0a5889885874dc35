import { type AdafactorOptions, adafactor } from './adafactor';
import { type AdamWOptions, adamw } from './adamw';
import type { CreateOptimizer, Optimizer, OptimizerState, PromptShape } from './optimizer';
import { type SgdOptions, sgd } from './sgd';

export type OptimizerOptions = AdafactorOptions | AdamWOptions | SgdOptions;

/** A new optimiser is one file and one line here. */
const optimizers = { adafactor, adamw, sgd };

/** The optimiser that `options.name` names, fresh or from a saved state. */
export function createOptimizer(options: OptimizerOptions, shape: PromptShape, state?: OptimizerState): Optimizer {
  const create = optimizers[options.name] as CreateOptimizer<OptimizerOptions>;
  return create(options, shape, state);
}
