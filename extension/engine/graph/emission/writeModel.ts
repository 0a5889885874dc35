import { create, toBinary } from '@bufbuild/protobuf';
import { GraphProtoSchema, ModelProtoSchema, type ValueInfoProto, ValueInfoProtoSchema } from 'onnx-buf';
import { realpathSync, statSync } from 'node:fs';
import { dirname, relative, sep } from 'node:path';
import type { Shape } from '../dimension';
import { inOrder } from '../order';
import { GraphError, type Value } from '../value';
import { type ConcreteType, onnxType } from './elementTypes';
import { Emitter } from './emitter';
import { isHeldMatrix } from './heldMatrix';
import { isLowered, lower } from './lowerings';
import { type Target, contribOpset, onnxIrVersion, onnxOpset } from './target';

/** A tensor that goes in or comes out. */
export interface TensorInfo {
  readonly name: string;
  readonly type: ConcreteType;
  readonly shape: Shape;
}

/** ONNX bytes and what a session needs to know about them. */
export interface OnnxModel {
  readonly bytes: Uint8Array;
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  /** The folder under which all weight files lie; undefined when no weight is external. */
  readonly weightsFolder: string | undefined;
  readonly target: Target;
  /** How often each ONNX operator occurs; contrib operators by their bare name. */
  readonly nodeCounts: Readonly<Record<string, number>>;
}

/**
 * Writes what the outputs need, and nothing else, as an ONNX model.
 * @param outputs name -> value.
 * @throws GraphError when inputs or outputs share a name, or a symbolic size cannot be known at run time.
 */
export function writeModel(outputs: Readonly<Record<string, Value>>, target: Target): OnnxModel {
  if (target.precision === 'float64' && target.executionProvider !== 'cpu')
    throw new GraphError(`float64 runs on the CPU only, not on ${target.executionProvider}.`);
  const order = inOrder(Object.values(outputs), (value) => dependenciesOf(value, target));
  const inputs = distinctInputs(order);
  for (const { attributes } of inputs)
    if (attributes.name in outputs) throw new GraphError(`"${attributes.name}" names both an input and an output.`);
  const { weightsFolder, locations } = placeWeights(order);
  const emit = new Emitter(target, inputs);
  const names = new Map<Value, string>();
  const held = new Map<string, TensorInfo>();
  // The names of held matrices, whole or cut into heads: float16, converted wherever they are used.
  const halves = new Set<string>();
  const nameOf = (value: Value): string => {
    const name = names.get(value)!;
    return halves.has(name) ? emit.widened(name) : name;
  };
  for (const value of order) {
    emit.enter(value.scope);
    if (isHeldMatrix(value, target)) {
      const name = names.get(value.inputs[0]!)!;
      names.set(value, name);
      held.set(name, { name, type: 'float16', shape: value.shape });
      halves.add(name);
    } else if (is(value, 'Reshape') && halves.has(names.get(value.inputs[0]!)!)) {
      const name = lower(value, [names.get(value.inputs[0]!)!], emit);
      names.set(value, name);
      halves.add(name);
    } else if ((is(value, 'Gather') || is(value, 'Slice')) && halves.has(names.get(value.inputs[0]!)!)) {
      // What is taken of the matrix is converted, not all of it.
      const [matrix, ...others] = value.inputs;
      const taken = lower(value, [names.get(matrix!)!, ...others.map(nameOf)], emit);
      names.set(value, emit.cast(taken, 'float32'));
    } else names.set(value, emitValue(value, nameOf, locations, emit));
  }
  emit.enter('');
  for (const [name, value] of Object.entries(outputs)) emitOutput(name, value, nameOf(value), emit);

  const infoOf = (name: string, { type, shape }: Value): TensorInfo => ({ name, type: emit.fed(type), shape });
  const inputInfos = inputs.map((value) => infoOf(value.attributes.name, value));
  const outputInfos = Object.entries(outputs).map(([name, value]) => infoOf(name, value));
  const model = create(ModelProtoSchema, {
    irVersion: BigInt(onnxIrVersion),
    producerName: 'soft-prompt-studio',
    opsetImport: [
      { domain: '', version: BigInt(onnxOpset) },
      { domain: 'com.microsoft', version: BigInt(contribOpset) },
    ],
    graph: create(GraphProtoSchema, {
      name: 'frozen-model',
      node: emit.nodes,
      initializer: emit.initialisers,
      // An initialiser that could be fed is no constant, so onnxruntime does not convert it when the session is opened.
      input: [...inputInfos, ...held.values()].map(valueInfo),
      valueInfo: resultInfos(names, halves, emit).map(valueInfo),
      output: outputInfos.map(valueInfo),
    }),
  });
  const nodeCounts: Record<string, number> = {};
  for (const { opType } of emit.nodes) nodeCounts[opType] = (nodeCounts[opType] ?? 0) + 1;
  return {
    bytes: toBinary(ModelProtoSchema, model),
    inputs: inputInfos,
    outputs: outputInfos,
    weightsFolder,
    target,
    nodeCounts,
  };
}

/** What a value is written from: its operands, or its expansion where it has no form of its own. */
export function dependenciesOf(value: Value, target?: Target): readonly Value[] {
  return value.expansion !== undefined && !isLowered(value, target) ? [value.expansion()] : value.inputs;
}

function emitValue(
  value: Value,
  nameOf: (value: Value) => string,
  locations: ReadonlyMap<string, string>,
  emit: Emitter,
): string {
  if (is(value, 'Input')) return value.type === 'float' ? emit.narrowed(value.attributes.name) : value.attributes.name;
  if (is(value, 'Weight')) return emit.external(value, locations.get(value.attributes.file)!);
  const dependencies = dependenciesOf(value, emit.target);
  if (dependencies !== value.inputs) return nameOf(dependencies[0]!);
  return lower(value, value.inputs.map(nameOf), emit);
}

function emitOutput(name: string, { type }: Value, from: string, emit: Emitter): void {
  if (emit.fed(type) === emit.concrete(type)) emit.node('Identity', [from], {}, '', name);
  else emit.node('Cast', [from], { to: onnxType(emit.fed(type)) }, '', name);
}

function is<O extends Value['operator']>(value: Value, operator: O): value is Value<O> {
  return value.operator === operator;
}

function distinctInputs(order: readonly Value[]): Value<'Input'>[] {
  const byName = new Map<string, Value<'Input'>>();
  for (const value of order.filter((each) => is(each, 'Input'))) {
    const { name } = value.attributes;
    if (byName.has(name)) throw new GraphError(`Two inputs are called "${name}"; make each input once.`);
    byName.set(name, value);
  }
  return [...byName.values()];
}

/** Each weight file's path relative to the folder that holds them all. onnxruntime refuses links that leave it, hence real paths. */
function placeWeights(order: readonly Value[]): { weightsFolder: string | undefined; locations: Map<string, string> } {
  const weights = order.filter((each) => is(each, 'Weight')).map(({ attributes }) => attributes);
  if (weights.length === 0) return { weightsFolder: undefined, locations: new Map() };
  const files = new Set(weights.map(({ file }) => file));
  const realPaths = new Map([...files].map((file) => [file, realpathSync(file)]));
  refuseTruncated(weights, realPaths);
  const weightsFolder = [...realPaths.values()].map(dirname).reduce(commonFolder);
  const locations = new Map(
    [...realPaths].map(([file, path]) => [file, relative(weightsFolder, path).split(sep).join('/')]),
  );
  return { weightsFolder, locations };
}

/** Told here, by name: reading a mapped file past its end is a bus error. */
function refuseTruncated(
  weights: readonly Value<'Weight'>['attributes'][],
  realPaths: ReadonlyMap<string, string>,
): void {
  const sizes = new Map([...realPaths].map(([file, path]) => [file, statSync(path).size]));
  for (const { name, file, offset, length } of weights)
    if (offset + length > sizes.get(file)!)
      throw new GraphError(
        `${file} is truncated: weight "${name}" ends at byte ${offset + length}, the file at ${sizes.get(file)!}. Fetch the file again.`,
      );
}

function commonFolder(a: string, b: string): string {
  let folder = a;
  while (relative(folder, b).startsWith('..')) {
    const parent = dirname(folder);
    if (parent === folder) throw new GraphError(`The weight files lie under no common folder: ${a} and ${b}.`);
    folder = parent;
  }
  return folder;
}

/**
 * What is computed on the way, with the sizes as we spell them. onnxruntime lets a result take over the memory of one of the same size
 * that is no longer needed; sizes that it has to make up names for equal no other, and then it compares every result with all that
 * were freed before: two thirds of the time that a training session takes to open.
 */
function resultInfos(names: ReadonlyMap<Value, string>, halves: ReadonlySet<string>, emit: Emitter): TensorInfo[] {
  const known = new Set([...halves, ...emit.initialisers.map(({ name }) => name)]);
  const infos = new Map<string, TensorInfo>();
  for (const [value, name] of names)
    if (!is(value, 'Input') && !known.has(name))
      infos.set(name, { name, type: emit.concrete(value.type), shape: value.shape });
  return [...infos.values()];
}

function valueInfo({ name, type, shape }: TensorInfo): ValueInfoProto {
  const dim = shape.map((each) => ({
    value:
      typeof each === 'number'
        ? { case: 'dimValue' as const, value: BigInt(each) }
        : { case: 'dimParam' as const, value: each },
  }));
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: 'tensorType', value: { elemType: onnxType(type), shape: { dim } } } },
  });
}
