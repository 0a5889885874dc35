import { type CreateOptimizer, copyOfState, stateArrays } from './optimizer';

export interface AdafactorOptions {
  readonly name: 'adafactor';
  readonly learningRate: number;
  /** Share of the prompt that is lost each step, not multiplied by the learning rate. Default 1e-5. */
  readonly weightDecay?: number | undefined;
  /** Exponent of the second moment's decay. Default 0.8. */
  readonly decayRate?: number | undefined;
  /** Largest root mean square of an update before the learning rate. Default 1. */
  readonly clippingThreshold?: number | undefined;
  /** Step that the decay counts from. Default 0; 1,100,000 as the released code, which continues from its model's step. */
  readonly stepOrigin?: number | undefined;
}

/** Keeps the square root away from zero; "epsilon1" of the released code. */
const epsilon = 1e-30;
/** The second moment is factored where both dimensions are at least this ("min_dim_size_to_factor"). */
const smallestFactored = 128;

/**
 * Adafactor (Shazeer and Stern 2018) in the form that learned the prompts of Lester et al. 2021: no first moment, no
 * parameter scaling, and for t = origin, origin + 1, ...
 *
 *     beta2_t = 1 - (t + 1)^-decayRate
 *     v = beta2_t v + (1 - beta2_t) (g^2 + 1e-30)       per element, or factored where P and D are both at least 128
 *     y = g / sqrt(v);  y = y / max(1, rms(y) / clippingThreshold)
 *     p = (1 - weightDecay) p - learningRate y
 */
export const adafactor: CreateOptimizer<AdafactorOptions> = (options, { length, width }, state) => {
  const { weightDecay = 1e-5, decayRate = 0.8, clippingThreshold = 1, stepOrigin = 0 } = options;
  const factored = length >= smallestFactored && width >= smallestFactored;
  const arrays: Record<string, Float64Array> = factored
    ? stateArrays({ rowSecondMoment: length, columnSecondMoment: width }, state)
    : stateArrays({ secondMoment: length * width }, state);
  const secondMoment = factored ? factoredSecondMoment(arrays, length, width) : elementSecondMoment(arrays);
  const update = new Float64Array(length * width);
  let steps = state?.steps ?? 0;
  return {
    step: (prompt, gradient, learningRate) => {
      const decay = 1 - (stepOrigin + steps + 1) ** -decayRate;
      secondMoment(gradient, decay, update);
      let squares = 0;
      for (const value of update) squares += value * value;
      const clip = Math.max(1, Math.sqrt(squares / update.length) / clippingThreshold);
      for (let index = 0; index < update.length; index++) {
        prompt[index] = (1 - weightDecay) * prompt[index]! - learningRate * (update[index]! / clip);
      }
      steps++;
    },
    state: () => copyOfState(steps, arrays),
  };
};

/** Takes the gradient into the second moment and writes gradient / sqrt(second moment) into `update`. */
type SecondMoment = (gradient: Float32Array | Float64Array, decay: number, update: Float64Array) => void;

function elementSecondMoment(arrays: Readonly<Record<string, Float64Array>>): SecondMoment {
  const moment = arrays.secondMoment!;
  return (gradient, decay, update) => {
    for (let index = 0; index < moment.length; index++) {
      const g = gradient[index]!;
      moment[index] = decay * moment[index]! + (1 - decay) * (g * g + epsilon);
      update[index] = g / Math.sqrt(moment[index]!);
    }
  };
}

/** The rank-one form: means of the squares over each row and each column, v_ij = rows_i columns_j / mean(rows). */
function factoredSecondMoment(
  arrays: Readonly<Record<string, Float64Array>>,
  length: number,
  width: number,
): SecondMoment {
  const rows = arrays.rowSecondMoment!;
  const columns = arrays.columnSecondMoment!;
  return (gradient, decay, update) => {
    const columnSums = new Float64Array(width);
    let meanOfRows = 0;
    for (let row = 0; row < length; row++) {
      let rowSum = 0;
      for (let column = 0; column < width; column++) {
        const g = gradient[row * width + column]!;
        const square = g * g + epsilon;
        rowSum += square;
        columnSums[column]! += square;
      }
      rows[row] = decay * rows[row]! + (1 - decay) * (rowSum / width);
      meanOfRows += rows[row]! / length;
    }
    for (let column = 0; column < width; column++) {
      columns[column] = decay * columns[column]! + (1 - decay) * (columnSums[column]! / length);
    }
    for (let row = 0; row < length; row++) {
      const rowFactor = 1 / Math.sqrt(rows[row]! / meanOfRows);
      for (let column = 0; column < width; column++) {
        const index = row * width + column;
        update[index] = (gradient[index]! * rowFactor) / Math.sqrt(columns[column]!);
      }
    }
  };
}
