import { create } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType as AttributeKind,
  type AttributeProto,
  AttributeProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  type TensorProto,
  TensorProtoSchema,
  TensorProto_DataLocation as DataLocation,
} from 'onnx-buf';
import { type Dim, type Shape, isName, termsOf } from '../dimension';
import type { ConstantData } from '../operator';
import { type ElementType, GraphError, type Value } from '../value';
import { type ConcreteType, elementBytes, onnxType } from './elementTypes';
import type { Target } from './target';

/** The largest number that float16 holds (IEEE 754 binary16). */
const largestHalf = 65504;

/** A number is ONNX's INT, an array INTS, a text STRING; a FLOAT says so. */
export type OnnxAttributes = Readonly<Record<string, number | string | readonly number[] | { readonly float: number }>>;

/** Where the size of a symbolic dimension is read from. */
interface SizeSource {
  readonly input: string;
  readonly axis: number;
}

/** Collects ONNX nodes and initialisers. What was emitted before is not emitted again: the earlier name is returned. */
export class Emitter {
  readonly nodes: NodeProto[] = [];
  readonly initialisers: TensorProto[] = [];
  readonly #emitted = new Map<string, string>();
  readonly #largeConstants = new WeakMap<object, number>();
  readonly #sizes = new Map<string, SizeSource>();
  #scope = '';
  #count = 0;

  constructor(
    readonly target: Target,
    inputs: readonly Value<'Input'>[],
  ) {
    for (const { attributes, shape } of inputs)
      shape.forEach((dim, axis) => {
        if (isName(dim) && !this.#sizes.has(dim)) this.#sizes.set(dim, { input: attributes.name, axis });
      });
  }

  /** The part of the model that the nodes to come belong to; it becomes part of their names. */
  enter(scope: string): void {
    this.#scope = scope;
  }

  /** Emits a node with one output and returns the output's name. `output` forces that name. */
  node(
    operator: string,
    inputs: readonly string[],
    attributes: OnnxAttributes = {},
    domain = '',
    output?: string,
  ): string {
    const key = JSON.stringify([domain, operator, inputs, attributes]);
    if (output === undefined) return this.#once(key, () => this.#emit(operator, inputs, attributes, domain));
    return this.#emit(operator, inputs, attributes, domain, [output]);
  }

  /** Emits a node of several outputs of which one is used, and returns that one's name. */
  nodeWithOutput(index: number, operator: string, inputs: readonly string[], attributes: OnnxAttributes = {}): string {
    return this.#once(JSON.stringify([index, operator, inputs, attributes]), () => {
      const outputs = Array.from({ length: index + 1 }, (_, i) => `${operator}_${this.#count}_${i}`);
      return this.#emit(operator, inputs, attributes, '', outputs);
    });
  }

  cast(x: string, to: ElementType): string {
    return this.node('Cast', [x], { to: onnxType(this.concrete(to)) });
  }

  /**
   * Converts a float16 matrix to float32 for one use. It is a node of its own, so that no result outlives its use; and it stands in front of
   * all others: onnxruntime goes back from the outputs and looks first at the operand that was written last, so what was written first is
   * computed last, right before it is used.
   */
  widened(matrix: string): string {
    const output = `widened_${this.#count}`;
    this.#emit('Cast', [matrix], { to: onnxType('float32') }, '', [output]);
    this.nodes.unshift(this.nodes.pop()!);
    return output;
  }

  /** Emits a node of onnxruntime's own operator set. */
  contrib(operator: string, inputs: readonly string[], attributes: OnnxAttributes = {}): string {
    return this.node(operator, inputs, attributes, 'com.microsoft');
  }

  /** Float32 as `float`; in float16 what would overflow, such as a mask, becomes the largest number there is. */
  narrowed(x: string): string {
    if (this.target.precision !== 'float16') return x;
    const bounds = [-largestHalf, largestHalf].map((bound) => this.scalar(bound, 'float32'));
    return this.cast(this.node('Clip', [x, ...bounds]), 'float16');
  }

  constant(data: ConstantData, type: ElementType, shape: readonly number[]): string {
    const concrete = this.concrete(type);
    // There is no array of halves to take the bytes from; onnxruntime converts a constant once, when the session is opened.
    if (concrete === 'float16') return this.narrowed(this.constant(data, 'float32', shape));
    const content = data.length <= 64 ? Array.from(data, String).join() : `large ${this.#idOf(data)}`;
    return this.#once(`constant ${concrete} [${shape.join()}] ${content}`, () => {
      const name = `constant_${this.#count++}`;
      this.initialisers.push(
        create(TensorProtoSchema, {
          name,
          dataType: onnxType(concrete),
          dims: shape.map(BigInt),
          rawData: elementBytes(data, concrete),
        }),
      );
      return name;
    });
  }

  /** A frozen weight that stays in its file; `location` is relative to the folder the session is given. */
  external(value: Value<'Weight'>, location: string): string {
    const { name, offset, length } = value.attributes;
    return this.#once(`external ${location} ${offset} ${length} ${value.type} [${value.shape.join()}]`, () => {
      const unique = `${name}_${this.#count++}`;
      this.initialisers.push(
        create(TensorProtoSchema, {
          name: unique,
          dataType: onnxType(this.concrete(value.type)),
          dims: value.shape.map((dim) => BigInt(dim)),
          dataLocation: DataLocation.EXTERNAL,
          externalData: [
            { key: 'location', value: location },
            { key: 'offset', value: String(offset) },
            { key: 'length', value: String(length) },
          ],
        }),
      );
      return unique;
    });
  }

  /** A scalar of a type. */
  scalar(number: number, type: ElementType): string {
    return this.constant([number], type, []);
  }

  int64(numbers: readonly number[]): string {
    return this.constant(numbers, 'int64', [numbers.length]);
  }

  /** The dimensions' sizes as int64 [dims.length], computed from the inputs' shapes where they are symbolic. */
  sizes(dims: Shape): string {
    if (dims.every((dim) => typeof dim === 'number')) return this.int64(dims);
    const parts: string[] = [];
    let known: number[] = [];
    const flush = (): void => {
      if (known.length > 0) parts.push(this.int64(known));
      known = [];
    };
    for (const dim of dims) {
      if (typeof dim === 'number') known.push(dim);
      else {
        flush();
        parts.push(this.#size(dim));
      }
    }
    flush();
    return parts.length === 1 ? parts[0]! : this.node('Concat', parts, { axis: 0 });
  }

  /** `float` as the precision it is written in. */
  concrete(type: ElementType): ConcreteType {
    if (type === 'float') return this.target.precision;
    return type === 'floatWide' ? this.fed('float') : type;
  }

  /** The type in which a value goes in or comes out. */
  fed(type: ElementType): ConcreteType {
    const concrete = this.concrete(type);
    return type === 'float' && concrete === 'float16' ? 'float32' : concrete;
  }

  /** @returns the last of the outputs' names. */
  #emit(
    operator: string,
    inputs: readonly string[],
    attributes: OnnxAttributes,
    domain: string,
    outputs?: readonly string[],
  ): string {
    const id = this.#count++;
    const output = outputs ?? [`${operator}_${id}`];
    const path = this.#scope === '' ? '' : `${this.#scope}/`;
    this.nodes.push(
      create(NodeProtoSchema, {
        name: `${path}${operator}_${id}`,
        opType: operator,
        domain,
        input: [...inputs],
        output: [...output],
        attribute: Object.entries(attributes).map(([attribute, value]) => attributeOf(attribute, value)),
      }),
    );
    return output.at(-1)!;
  }

  #size(dim: Dim): string {
    const terms = termsOf(dim).map(({ factor, names }) => {
      const factors = names.map((name) => this.#sizeOfName(name));
      if (factor !== 1 || factors.length === 0) factors.push(this.int64([factor]));
      return factors.reduce((product, each) => this.node('Mul', [product, each]));
    });
    return terms.reduce((total, each) => this.node('Add', [total, each]));
  }

  #sizeOfName(name: string): string {
    const source = this.#sizes.get(name);
    if (source === undefined)
      throw new GraphError(
        `The size of dimension "${name}" is needed while the model runs, but no input that the outputs depend on has it as a dimension.`,
      );
    return this.node('Shape', [source.input], { start: source.axis, end: source.axis + 1 });
  }

  #once(key: string, emit: () => string): string {
    let name = this.#emitted.get(key);
    if (name === undefined) this.#emitted.set(key, (name = emit()));
    return name;
  }

  #idOf(data: object): number {
    let id = this.#largeConstants.get(data);
    if (id === undefined) this.#largeConstants.set(data, (id = this.#count++));
    return id;
  }
}

function attributeOf(name: string, value: OnnxAttributes[string]): AttributeProto {
  if (typeof value === 'number')
    return create(AttributeProtoSchema, { name, type: AttributeKind.INT, i: BigInt(value) });
  if (typeof value === 'string')
    return create(AttributeProtoSchema, { name, type: AttributeKind.STRING, s: new TextEncoder().encode(value) });
  if ('float' in value) return create(AttributeProtoSchema, { name, type: AttributeKind.FLOAT, f: value.float });
  return create(AttributeProtoSchema, { name, type: AttributeKind.INTS, ints: value.map(BigInt) });
}
