import { differenceOf, sumOf } from '../../graph/dimension';
import { pad, reshape, slice, transpose } from '../../graph/operators/shaping';
import type { GradientRules } from '../rule';

/** Reverse rules of what only moves elements. Expand's is broadcasting, which the walk undoes. */
export const shaping: GradientRules = {
  Reshape: ({ dy, inputs: [x] }) => [() => reshape(dy, x.shape)],
  Expand: ({ dy }) => [() => dy],
  Transpose: ({ dy, attributes: { permutation } }) => [
    () =>
      transpose(
        dy,
        permutation.map((_, axis) => permutation.indexOf(axis)),
      ),
  ],
  Slice: ({ dy, inputs: [x], attributes: { axis, start, end } }) => [
    () => pad(dy, axis, start, differenceOf(x.shape[axis]!, end)),
  ],
  Pad: ({ dy, inputs: [x], attributes: { axis, before } }) => [
    () => slice(dy, axis, before, sumOf(before, x.shape[axis]!)),
  ],
  Concat: ({ dy, output, attributes: { axis } }) => {
    const ends = output.inputs.map((_, i) => sumOf(...output.inputs.slice(0, i + 1).map((each) => each.shape[axis]!)));
    return ends.map((end, i) => () => slice(dy, axis, ends[i - 1] ?? 0, end));
  },
};
