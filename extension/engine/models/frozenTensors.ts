import { weight } from '../graph/leaves';
import type { Value } from '../graph/value';
import type { WeightType } from './tensorType';
import type { Weight, Weights } from './weights';

const storage = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' } as const satisfies Record<WeightType, string>;

/** Rows `first` up to but without `end` of a weight as a value, used where they lie. */
export function weightRows({ name, file, offset, byteLength, type, shape }: Weight, first: number, end: number): Value {
  const rowBytes = byteLength / shape[0]!;
  const place = { file, offset: offset + first * rowBytes, length: (end - first) * rowBytes };
  return weight({ name, ...place, storage: storage[type], shape: [end - first, ...shape.slice(1)] });
}

/** The weights of a model as values of the graph; counts the parameters that are used, tied ones once. */
export class FrozenTensors {
  private readonly used = new Map<string, Weight>();

  constructor(readonly weights: Weights) {}

  /** @throws ModelError where the tensor is missing or does not have this shape. */
  tensor(name: string, shape: readonly number[]): Value {
    return weightRows(this.place(name, shape), 0, shape[0]!);
  }

  /** Where a tensor lies, for reading single rows of it. */
  place(name: string, shape: readonly number[]): Weight {
    const found = this.weights.get(name, shape);
    this.used.set(name, found);
    return found;
  }

  /** How many numbers the tensors asked for so far hold. */
  get parameters(): number {
    return [...this.used.values()].reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  }
}
