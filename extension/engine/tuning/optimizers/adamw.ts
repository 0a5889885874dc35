import { type CreateOptimizer, copyOfState, stateArrays } from './optimizer';

export interface AdamWOptions {
  readonly name: 'adamw';
  readonly learningRate: number;
  /** Decoupled, multiplied by the learning rate. Default 0. */
  readonly weightDecay?: number | undefined;
  /** Default 0.9. */
  readonly beta1?: number | undefined;
  /** Default 0.999. */
  readonly beta2?: number | undefined;
  /** Default 1e-8. */
  readonly epsilon?: number | undefined;
}

/** AdamW (Loshchilov and Hutter 2019) with the bias correction and the order of operations of `torch.optim.AdamW`. */
export const adamw: CreateOptimizer<AdamWOptions> = (options, { length, width }, state) => {
  const { weightDecay = 0, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  const size = length * width;
  const arrays = stateArrays({ firstMoment: size, secondMoment: size }, state);
  const { firstMoment, secondMoment } = arrays;
  let steps = state?.steps ?? 0;
  return {
    step: (prompt, gradient, learningRate) => {
      steps++;
      const firstCorrection = 1 - beta1 ** steps;
      const secondCorrection = Math.sqrt(1 - beta2 ** steps);
      for (let index = 0; index < size; index++) {
        const g = gradient[index]!;
        firstMoment[index] = beta1 * firstMoment[index]! + (1 - beta1) * g;
        secondMoment[index] = beta2 * secondMoment[index]! + (1 - beta2) * g * g;
        const denominator = Math.sqrt(secondMoment[index]!) / secondCorrection + epsilon;
        prompt[index] =
          (1 - learningRate * weightDecay) * prompt[index]! -
          ((learningRate / firstCorrection) * firstMoment[index]!) / denominator;
      }
    },
    state: () => copyOfState(steps, arrays),
  };
};
