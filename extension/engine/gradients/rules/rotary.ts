import { rotary } from '../../graph/composites/rotary';
import { neg } from '../../graph/operators/elementwise';
import { type GradientRules, none } from '../rule';

/** Reverse rule of rotary positions: turning back. The tables are no parameters. */
export const rotations: GradientRules = {
  Rotary: ({ dy, inputs: [, cosine, sine] }) => [() => rotary(dy, cosine, neg(sine)), none, none],
};
