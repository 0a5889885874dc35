import { weight } from '../graph/leaves';
import type { Value } from '../graph/value';
import type { WeightType } from './tensorType';
import type { Weight, Weights } from './weights';

const storage = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' } as const satisfies Record<WeightType, string>;

/** The weights of a model as values of the graph; counts the parameters that are used, tied ones once. */
export class FrozenTensors {
  private readonly used = new Map<string, Weight>();

  constructor(readonly weights: Pick<Weights, 'has' | 'get'>) {}

  /** @throws ModelError where the tensor is missing or does not have this shape. */
  tensor(name: string, shape: readonly number[]): Value {
    const { file, offset, byteLength, type } = this.place(name, shape);
    return weight({ name, file, offset, length: byteLength, storage: storage[type], shape });
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

  /** The type that most of these numbers are stored as. */
  get storage(): WeightType {
    const bytes = (type: WeightType): number =>
      [...this.used.values()].reduce((sum, each) => sum + (each.type === type ? each.byteLength : 0), 0);
    return (['F32', 'F16', 'BF16'] as const).reduce((most, type) => (bytes(type) > bytes(most) ? type : most));
  }
}
