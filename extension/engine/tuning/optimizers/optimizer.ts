/**
 * What the loop knows of an optimiser. All arithmetic and all state is float64, whatever the prompt is: P x D numbers cost
 * nothing beside the model, sums do not depend on rounding, and a state that was saved continues bit for bit. Only the
 * prompt itself is rounded to float32, once a step, because that is what the model and the adapter file hold.
 */
export interface Optimizer {
  /**
   * One step, in place.
   * @param prompt [P, D] row-major.
   * @param gradient of the loss with respect to the prompt, [P, D].
   * @param learningRate of this step, as the schedule gives it.
   */
  step(prompt: Float32Array | Float64Array, gradient: Float32Array | Float64Array, learningRate: number): void;
  /** A copy of everything the next step depends on. */
  state(): OptimizerState;
}

export interface OptimizerState {
  /** Steps taken so far. */
  readonly steps: number;
  /** Moments by name; empty arrays do not occur. */
  readonly arrays: Readonly<Record<string, Float64Array>>;
}

export interface PromptShape {
  /** P, virtual tokens. */
  readonly length: number;
  /** D, width of the input embeddings. */
  readonly width: number;
}

/** A new optimiser, or with `state` one that goes on where that one stood. */
export type CreateOptimizer<Options> = (options: Options, shape: PromptShape, state?: OptimizerState) => Optimizer;

/**
 * Arrays of the given sizes: zeros, or copies of those in `state`.
 * @throws when `state` is not of an optimiser of this kind and shape.
 */
export function stateArrays<Name extends string>(
  sizes: Readonly<Record<Name, number>>,
  state: OptimizerState | undefined,
): Record<Name, Float64Array> {
  const names = Object.keys(sizes) as Name[];
  const found = Object.keys(state?.arrays ?? {});
  if (state && (found.length !== names.length || !names.every((name) => found.includes(name)))) {
    throw new Error(`the saved optimiser state holds [${found.join(', ')}], not [${names.join(', ')}]`);
  }
  const arrays = {} as Record<Name, Float64Array>;
  for (const name of names) {
    const saved = state?.arrays[name];
    if (saved && saved.length !== sizes[name]) {
      throw new Error(`the saved optimiser state "${name}" has ${saved.length} numbers, not ${sizes[name]}`);
    }
    arrays[name] = saved ? saved.slice() : new Float64Array(sizes[name]);
  }
  return arrays;
}

/** A copy of `arrays` that later steps do not change. */
export function copyOfState(steps: number, arrays: Readonly<Record<string, Float64Array>>): OptimizerState {
  return { steps, arrays: Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, array.slice()])) };
}
