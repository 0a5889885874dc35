import { evaluateDimension } from './dimension';
import { dependenciesOf } from './emission/writeModel';
import { inOrder } from './order';
import type { ElementType, Value } from './value';

const elementBytes: Readonly<Record<ElementType, number>> = {
  ...{
    float: 4,
    floatWide: 4,
    float32: 4,
    float64: 8,
    float16: 2,
    int4: 0.5,
    bfloat16: 2,
    int64: 8,
    int32: 4,
    bool: 1,
  },
};

/**
 * The most bytes that are alive at once while the outputs are computed in float32: the values are gone through in their order, each
 * lives from where it is made to where it is last used. What hangs on no input (weights and what is made of them alone) is
 * not counted.
 *
 * @param sizes of the symbolic dimensions.
 * @throws Error for a dimension that is not in `sizes`.
 */
export function peakMemory(outputs: readonly Value[], sizes: ReadonlyMap<string, number>): number {
  const steps = new Merged(outputs).steps;
  const lastUse = new Map<Step, number>();
  for (const [at, step] of steps.entries()) for (const used of step.inputs) lastUse.set(used.storage, at);
  let alive = 0;
  let peak = 0;
  const bytesOf = ({ value: { type, shape } }: Step): number =>
    shape.reduce((product: number, dim) => product * evaluateDimension(dim, sizes), elementBytes[type]);
  for (const [at, step] of steps.entries()) {
    if (step.fed && step.storage === step) alive += bytesOf(step);
    peak = Math.max(peak, alive);
    for (const ended of new Set(step.inputs.map(({ storage }) => storage)))
      if (ended.fed && lastUse.get(ended) === at) alive -= bytesOf(ended);
  }
  return peak;
}

interface Step {
  readonly value: Value;
  readonly inputs: readonly Step[];
  /** Whether it depends on an input. */
  readonly fed: boolean;
  /** The step whose memory it lies in: its own, or where it is only another view, that of what it shows. */
  readonly storage: Step;
}

/** The values behind the outputs, equal expressions made one, as the writer makes them. */
function isFloatCast({ operator, type, inputs }: Value): boolean {
  return operator === 'Cast' && [type, inputs[0]!.type].every((each) => each === 'float' || each === 'floatWide');
}

class Merged {
  readonly steps: Step[] = [];
  readonly #byKey = new Map<string, Step>();
  readonly #numbers = new Map<Step, number>();
  readonly #largeConstants = new Map<object, number>();

  constructor(outputs: readonly Value[]) {
    const steps = new Map<Value, Step>();
    for (const value of inOrder(outputs, dependenciesOf)) {
      const inputs = dependenciesOf(value).map((each) => steps.get(each)!);
      // A composite is nothing but its expansion, and in float32 `floatWide` is `float`.
      const nothing = dependenciesOf(value) !== value.inputs || isFloatCast(value);
      steps.set(value, nothing ? inputs[0]! : this.#step(value, inputs));
    }
  }

  #step(value: Value, inputs: readonly Step[]): Step {
    const operands = inputs.map((step) => this.#numbers.get(step));
    const key = JSON.stringify([value.operator, value.type, value.shape, operands, this.#attributes(value)]);
    let step = this.#byKey.get(key);
    if (step === undefined) {
      const fed = value.operator === 'Input' || inputs.some((each) => each.fed);
      const made: { -readonly [Field in keyof Step]: Step[Field] } = {
        ...{ value, inputs, fed },
        storage: undefined as unknown as Step,
      };
      made.storage = value.operator === 'Reshape' ? inputs[0]!.storage : made;
      step = made;
      this.#byKey.set(key, step);
      this.#numbers.set(step, this.steps.length);
      this.steps.push(step);
    }
    return step;
  }

  #attributes({ attributes }: Value): unknown {
    if (!('data' in attributes) || attributes.data.length <= 64) return attributes;
    const known = this.#largeConstants.get(attributes.data) ?? this.#largeConstants.size;
    this.#largeConstants.set(attributes.data, known);
    return `large ${known}`;
  }
}
