import type { Initialise } from './initialiser';

/** Every number uniform over [-range, range) (Lester et al. 2021, section 3.2: range 0.5). */
export const randomUniform: Initialise = ({ model, length, random, range = 0.5 }) =>
  Promise.resolve(Float32Array.from({ length: length * model.width }, () => (2 * random.uniform() - 1) * range));
