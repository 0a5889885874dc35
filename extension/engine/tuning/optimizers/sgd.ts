import { type CreateOptimizer, copyOfState, stateArrays } from './optimizer';

export interface SgdOptions {
  readonly name: 'sgd';
  readonly learningRate: number;
  /** Default 0.9; 0 is plain gradient descent. */
  readonly momentum?: number | undefined;
  /** Look ahead along the momentum (Sutskever et al. 2013). Default false. */
  readonly nesterov?: boolean | undefined;
}

/** Stochastic gradient descent with momentum as `torch.optim.SGD`: no dampening, the first gradient starts the momentum. */
export const sgd: CreateOptimizer<SgdOptions> = (options, { length, width }, state) => {
  const { momentum = 0.9, nesterov = false } = options;
  const arrays = stateArrays({ momentum: length * width }, state);
  let steps = state?.steps ?? 0;
  return {
    step: (prompt, gradient, learningRate) => {
      for (let index = 0; index < arrays.momentum.length; index++) {
        const g = gradient[index]!;
        const velocity = momentum * arrays.momentum[index]! + g;
        arrays.momentum[index] = velocity;
        prompt[index]! -= learningRate * (nesterov ? g + momentum * velocity : velocity);
      }
      steps++;
    },
    state: () => copyOfState(steps, arrays),
  };
};
