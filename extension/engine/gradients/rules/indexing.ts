import { constant, range } from '../../graph/leaves';
import { cast } from '../../graph/operators/elementwise';
import { gatherElements, gatherND, scatterElements, scatterND } from '../../graph/operators/indexing';
import { concat, expand, reshape, transpose, unsqueeze } from '../../graph/operators/shaping';
import type { Value } from '../../graph/value';
import { type GradientRules, none } from '../rule';

/** Reverse rules of gathering and scattering: what was read from one place several times is added up there. */
export const indexing: GradientRules = {
  Gather: ({ dy, inputs: [x, indices], attributes: { axis } }) => [
    () => {
      // With the gathered axis in front, rows go back to where they came from.
      const toFront = [axis, ...axesOf(x).filter((each) => each !== axis)];
      const read = Array.from({ length: indices.shape.length }, (_, i) => axis + i);
      const updates = transpose(dy, [...read, ...axesOf(dy).filter((each) => !read.includes(each))]);
      const sums = scatterND(zerosLike(transpose(x, toFront)), unsqueeze(indices, -1), updates, 'add');
      return transpose(
        sums,
        toFront.map((_, each) => toFront.indexOf(each)),
      );
    },
    none,
  ],
  GatherElements: ({ dy, inputs: [x, indices], attributes: { axis } }) => [
    () => scatterElements(zerosLike(x), indices, dy, axis, 'add'),
    none,
  ],
  GatherND: ({ dy, inputs: [x, indices], attributes: { batchDims } }) => [
    () => scatterND(zerosLike(x), withBatch(indices, batchDims), dy, 'add'),
    none,
  ],
  ScatterND: ({ dy, inputs: [, indices, updates], attributes: { reduction } }) => [
    () => (reduction === 'add' ? dy : scatterND(dy, indices, zerosLike(updates))),
    none,
    () => gatherND(dy, indices),
  ],
  ScatterElements: ({ dy, inputs: [, indices, updates], attributes: { axis, reduction } }) => [
    () => (reduction === 'add' ? dy : scatterElements(dy, indices, zerosLike(updates), axis)),
    none,
    () => gatherElements(dy, indices, axis),
  ],
};

function axesOf(x: Value): number[] {
  return x.shape.map((_, axis) => axis);
}

function zerosLike(x: Value): Value {
  return expand(constant(0, x.type), x.shape);
}

/** Index tuples that name the batch too: [batch..., n, k] -> [batch..., n, batchDims + k]. */
function withBatch(indices: Value, batchDims: number): Value {
  const column = [...indices.shape.slice(0, -1), 1];
  const batch = indices.shape.slice(0, batchDims).map((dim, axis) => {
    const along = indices.shape.map((_, each) => (each === axis ? dim : 1));
    return expand(cast(reshape(range(dim), along), indices.type), column);
  });
  return concat([...batch, indices], -1);
}
