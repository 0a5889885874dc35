import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gradient } from '../../../extension/engine/gradients/gradient';
import type { Target } from '../../../extension/engine/graph/emission/target';
import { writeModel } from '../../../extension/engine/graph/emission/writeModel';
import { openSession } from '../../../extension/engine/graph/session';
import type { LanguageModel } from '../../../extension/engine/models/languageModel';
import { lossFeeds, lossGraph } from '../../../extension/engine/models/lossGraph';
import type { Expected } from './modelFixtures';

/** A node of one run as onnxruntime's profile has it, in the order in which they ran. */
export interface RanNode {
  readonly name: string;
  readonly operator: string;
  readonly provider: string;
  /** Its operands and results: element type -> shape. */
  readonly inputs: readonly Readonly<Record<string, readonly number[]>>[];
  readonly outputs: readonly Readonly<Record<string, readonly number[]>>[];
}
interface TraceEvent {
  readonly cat: string;
  readonly name: string;
  readonly args?: {
    readonly op_name?: string;
    readonly provider?: string;
    readonly input_type_shape?: RanNode['inputs'];
    readonly output_type_shape?: RanNode['outputs'];
  };
}

/** What ran, and where, in one step: loss and prompt gradient. */
export async function profiledStep(
  network: LanguageModel,
  { prompt, examples, promptLength }: Pick<Expected, 'prompt' | 'examples' | 'promptLength'>,
  target: Target,
): Promise<RanNode[]> {
  const graph = lossGraph(network, promptLength);
  const outputs = { loss: graph.loss, promptGradient: gradient(graph.loss, [graph.prompt])[0]! };
  const folder = await mkdtemp(join(tmpdir(), 'profile-'));
  const session = await openSession(writeModel(outputs, target), { profilePrefix: join(folder, 'step') });
  await session.run(lossFeeds(network, prompt, examples, 1));
  session.endProfile();
  await session.release();
  const [file] = await readdir(folder);
  const events = JSON.parse(await readFile(join(folder, file!), 'utf8')) as TraceEvent[];
  await rm(folder, { recursive: true });
  return events
    .filter(({ cat, name }) => cat === 'Node' && name.endsWith('_kernel_time'))
    .map(({ name, args }) => ({
      name: name.slice(0, -'_kernel_time'.length),
      operator: args?.op_name ?? '',
      provider: args?.provider ?? '',
      inputs: args?.input_type_shape ?? [],
      outputs: args?.output_type_shape ?? [],
    }));
}

/** Between the device and the host. */
export function isCopy({ operator }: RanNode): boolean {
  return operator === 'MemcpyFromHost' || operator === 'MemcpyToHost';
}

/** What does not run on WebGPU although it computes activations or gradients: sizes and positions are whole numbers. */
export function movedToHost(ran: readonly RanNode[]): RanNode[] {
  const isWhole = (output: RanNode['outputs'][number]): boolean =>
    Object.keys(output).every((type) => type === 'int64');
  return ran.filter(
    (node) => node.provider !== 'WebGpuExecutionProvider' && !isCopy(node) && !node.outputs.every(isWhole),
  );
}

/** A conversion of a matrix from float16, and what ran behind it. */
export interface Conversion {
  readonly matrix: readonly number[];
  readonly provider: string;
  readonly next: string;
}

/** Operators that take a part of a matrix, which is converted by itself. */
const taken = new Set(['Gather', 'Slice']);

/** The conversions of whole matrices. */
export function conversions(ran: readonly RanNode[]): Conversion[] {
  const computed = ran.filter((node) => !isCopy(node));
  return computed.flatMap(({ operator, inputs: [input], provider }, i) => {
    const matrix = input?.['float16'];
    if (operator !== 'Cast' || matrix === undefined || taken.has(computed[i - 1]?.operator ?? '')) return [];
    return [{ matrix, provider, next: computed[i + 1]?.operator ?? '' }];
  });
}
