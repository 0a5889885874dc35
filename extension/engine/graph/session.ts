import { createRequire } from 'node:module';
import type * as OnnxRuntime from 'onnxruntime-node';
import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { typedArray } from './emission/elementTypes';
import type { ExecutionProvider } from './emission/target';
import type { OnnxModel, TensorInfo } from './emission/writeModel';
import { evaluateDimension, isName, shapeText } from './dimension';
import { idlePasses } from './idlePasses';
import type { ConstantData } from './operator';
import { runtimePackage } from './runtimeFolder';

/** A tensor as it is fed: numbers of any kind, row-major; they are converted to the input's type. */
export interface Feed {
  readonly data: ConstantData;
  readonly shape: readonly number[];
}

/** float16 comes as bits, a Uint16Array. */
export type TensorData = Float32Array | Float64Array | Int32Array | BigInt64Array | Uint16Array | Uint8Array;
export interface Tensor {
  readonly data: TensorData;
  readonly shape: readonly number[];
}

export interface SessionOptions {
  /** Intra-op threads; default: onnxruntime's choice. */
  readonly threads?: number;
  /** Keep no second, packed copy of the weights: half the memory for 6 to 10 % of the speed on the CPU. */
  readonly lowMemory?: boolean;
  /** Whether the graph has a backward pass; it only says what onnxruntime need not look for. */
  readonly backward?: boolean;
  /** Record where each node ran, for {@link Session.endProfile}: the beginning of the file's path. */
  readonly profilePrefix?: string;
}

type Runtime = typeof OnnxRuntime;
let runtime: Promise<Runtime> | undefined;

/** onnxruntime, loaded when it is first needed: its telemetry must be switched off before, and it may be missing. */
function loadRuntime(): Promise<Runtime> {
  runtime ??= (async () => {
    process.env.ORT_DISABLE_TELEMETRY = '1';
    const onnxruntime = createRequire(__filename)(await runtimePackage()) as Runtime;
    // What it logs as an error it throws too, and who catches that decides what a person reads.
    onnxruntime.env.logLevel = 'fatal';
    return onnxruntime;
  })();
  return runtime;
}

/** The execution providers that this build of onnxruntime contains; whether the machine can use one shows when a session is opened. */
export async function listExecutionProviders(): Promise<string[]> {
  return (await loadRuntime()).listSupportedBackends().map(({ name }) => name);
}

/** Opens a session. It occupies the calling thread while it is made and while it runs. @throws Error when the provider is missing or a weight file is. */
export async function openSession(model: OnnxModel, options: SessionOptions = {}): Promise<Session> {
  const { InferenceSession, Tensor } = await loadRuntime();
  const configuration: InferenceSession.SessionOptions = {
    executionProviders: [providerOf(model.target.executionProvider)],
    ...(options.threads === undefined ? {} : { intraOpNumThreads: options.threads }),
    logSeverityLevel: 4,
    ...(options.profilePrefix === undefined ? {} : { enableProfiling: true, profileFilePrefix: options.profilePrefix }),
    // A pattern is one block for all of a run, beside those that the first run has taken: against what quantised weights are for.
    enableMemPattern: !('DequantizeLinear' in model.nodeCounts),
    // Beyond "basic" onnxruntime fuses x * sigmoid(x) into a kernel that float64 has not.
    graphOptimizationLevel: model.target.precision === 'float64' ? 'basic' : 'all',
    extra: {
      optimization: { disable_specified_optimizers: needlessPasses(model, options).join(';') },
      session: {
        // Spinning threads collapse when a neighbour needs the cores too: 842 against 664 ms a step.
        intra_op: { allow_spinning: '0' },
        // A product with 4-bit weights may become one kernel; by default that would round the other operand to 8 bits.
        qdq_matmulnbits_accuracy_level: '1',
        ...(options.lowMemory === true ? { disable_prepacking: '1' } : {}),
        ...(model.weightsFolder === undefined
          ? {}
          : { model_external_initializers_file_folder_path: model.weightsFolder }),
      },
    },
  };
  let session: InferenceSession;
  try {
    session = await InferenceSession.create(model.bytes, configuration);
  } catch (error) {
    const reason = (error as Error).message.split('\n')[0]!;
    throw new Error(`The model cannot run on ${model.target.executionProvider}: ${reason}`, { cause: error });
  }
  return new Session(model, session, (type, data, dims) =>
    (type as string) === 'float16'
      ? // A JavaScript that knows float16 numbers makes a Float16Array of the bits, which onnxruntime's binding takes for nothing.
        Object.assign(new Tensor('uint16', data as unknown as Uint16Array, dims), { type })
      : new Tensor(type, data, dims),
  );
}

type MakeTensor = (type: 'float32', data: Float32Array, dims: readonly number[]) => OrtTensor;

/** A model ready to run. Release it: its memory is not the garbage collector's. */
export class Session {
  readonly #model: OnnxModel;
  readonly #session: InferenceSession;
  readonly #makeTensor: MakeTensor;

  constructor(model: OnnxModel, session: InferenceSession, makeTensor: MakeTensor) {
    this.#model = model;
    this.#session = session;
    this.#makeTensor = makeTensor;
  }

  get inputs(): readonly TensorInfo[] {
    return this.#model.inputs;
  }
  get outputs(): readonly TensorInfo[] {
    return this.#model.outputs;
  }

  /**
   * Runs the whole model; asking for fewer outputs saves no work but copying the others.
   * @param outputs those that are wanted; default: all.
   * @throws Error for a missing or unknown feed, or one whose shape contradicts the declared one or another feed.
   */
  async run(feeds: Readonly<Record<string, Feed>>, outputs?: readonly string[]): Promise<Record<string, Tensor>> {
    const unknown = Object.keys(feeds).find((name) => !this.inputs.some((info) => info.name === name));
    if (unknown !== undefined)
      throw new Error(
        `The model has no input "${unknown}"; its inputs are ${this.inputs.map(({ name }) => name).join(', ')}.`,
      );
    checkFeeds(this.inputs, feeds);
    const tensors = this.inputs.map(({ name, type }) => {
      const { data, shape } = feeds[name]!;
      return [name, this.#makeTensor(type as 'float32', converted(name, data, type), shape)] as const;
    });
    const results = await this.#session.run(Object.fromEntries(tensors), outputs ?? this.#session.outputNames);
    return Object.fromEntries(
      Object.entries(results).map(([name, { type, data, dims }]) => [
        name,
        { data: type === 'float16' ? bitsOf(data as Uint16Array) : (data as TensorData), shape: dims },
      ]),
    );
  }

  /** Writes what a session opened with `profilePrefix` recorded, in the format of Chrome's trace viewer, and ends the recording. */
  endProfile(): void {
    this.#session.endProfiling();
  }

  /** Frees the session's memory. Not while a run is in flight. */
  async release(): Promise<void> {
    await this.#session.release();
  }
}

/** Every input is fed, holds as many numbers as its shape says, and all agree on the size of every symbolic dimension. */
function checkFeeds(inputs: readonly TensorInfo[], feeds: Readonly<Record<string, Feed>>): void {
  const sizes = new Map<string, number>();
  for (const { name, shape } of inputs) {
    const feed = feeds[name];
    if (feed === undefined) throw new Error(`Input "${name}" ${shapeText(shape)} was not fed.`);
    if (feed.shape.length !== shape.length)
      throw new Error(`Input "${name}" must be ${shapeText(shape)}, got ${shapeText(feed.shape)}.`);
    const elements = feed.shape.reduce((product, dim) => product * dim, 1);
    if (elements !== feed.data.length)
      throw new Error(`Input "${name}" ${shapeText(feed.shape)} needs ${elements} numbers, got ${feed.data.length}.`);
    shape.forEach((dim, axis) => {
      if (isName(dim) && !sizes.has(dim)) sizes.set(dim, feed.shape[axis]!);
    });
  }
  for (const { name, shape } of inputs)
    shape.forEach((dim, axis) => {
      const [actual, expected] = [feeds[name]!.shape[axis], evaluateDimension(dim, sizes)];
      if (actual !== expected)
        throw new Error(
          `Input "${name}" must be ${shapeText(shape)}, got ${shapeText(feeds[name]!.shape)}: "${dim}" is ${expected} according to the other inputs.`,
        );
    });
}

/** A JavaScript that knows float16 numbers gives a Float16Array, an older one their bits. */
function bitsOf({ buffer, byteOffset, length }: Uint16Array): Uint16Array {
  return new Uint16Array(buffer, byteOffset, length);
}

function converted(name: string, data: ConstantData, type: TensorInfo['type']): Float32Array {
  try {
    return typedArray(data, type) as Float32Array;
  } catch (error) {
    throw new Error(`Input "${name}" needs ${type} numbers: ${(error as Error).message}`, { cause: error });
  }
}

function needlessPasses({ target, nodeCounts }: OnnxModel, { backward = false }: SessionOptions): readonly string[] {
  // The writer has merged equal expressions. It would merge the conversions of one float16 matrix, whose result would then live from the
  // forward to the backward pass.
  const merging = 'CommonSubexpressionElimination';
  // 4-bit weights are what some of the others are for; other providers than the CPU's change the graph by passes not looked at.
  const others = target.executionProvider === 'cpu' && !('DequantizeLinear' in nodeCounts) ? idlePasses(backward) : [];
  return [merging, ...others];
}

function providerOf(name: ExecutionProvider): InferenceSession.ExecutionProviderConfig {
  return name === 'cpu' ? 'cpu' : { name };
}
