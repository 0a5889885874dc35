import { dependenciesOf } from './emission/writeModel';
import { inOrder } from './order';
import type { Value } from './value';

/** One value that is computed. */
export interface Step {
  readonly value: Value;
  readonly inputs: readonly Step[];
  /** Whether it depends on an input. */
  readonly fed: boolean;
  /** The step whose memory it lies in: its own, or where it is only another view, that of what it shows. */
  readonly storage: Step;
}

/** The values behind the outputs in the order of their computation, equal expressions made one, as the writer makes them. */
export function mergedSteps(outputs: readonly Value[]): readonly Step[] {
  return new Merged(outputs).steps;
}

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
    for (const value of inOrder(outputs, (value) => dependenciesOf(value))) {
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
