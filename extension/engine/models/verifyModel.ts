import { gradient } from '../gradients/gradient';
import { writeModel } from '../graph/emission/writeModel';
import { type Session, openSession } from '../graph/session';
import type { EncodedExample, FrozenModel } from './frozenModel';
import type { LanguageModel } from './languageModel';
import { type LoadOptions, openModelFolder } from './loadFrozenModel';
import { lossFeeds, lossGraph } from './lossGraph';

export interface ModelVerification extends Pick<
  FrozenModel,
  'name' | 'folder' | 'architecture' | 'kind' | 'parameters' | 'vocabulary' | 'width' | 'layers' | 'notes'
> {
  /** Entries of the prompt gradient that were compared, and how many there are. */
  readonly compared: number;
  readonly entries: number;
  readonly largestGradient: number;
  /** Largest difference between the gradient and central differences. */
  readonly absoluteError: number;
  /** The same divided by the largest entry of the gradient. */
  readonly relativeError: number;
  /** Whether the relative error is at most {@link tolerance}. */
  readonly passed: boolean;
  readonly seconds: number;
}

/** Central differences in float64 reach about 1e-9 on real models; a wrong rule is off by 1e-2 or more. */
export const tolerance = 1e-6;

const promptLength = 2;
/** h of (f(x + h) - f(x - h)) / 2h. */
const step = 1e-5;

/**
 * Builds a model's loss and prompt gradient in float64 on the CPU and compares the gradient with central differences of the loss, on
 * two made-up examples of unequal length.
 *
 * @param folder as for {@link openModelFolder}.
 * @param options `entries`: how many entries of the gradient are compared (seeded choice); default 32, at most all.
 * @throws ModelError for a folder that cannot be used as a model.
 */
export async function verifyModel(
  folder: string,
  options: LoadOptions & { readonly entries?: number; readonly seed?: number; readonly threads?: number } = {},
): Promise<ModelVerification> {
  const started = performance.now();
  const { model, network } = await openModelFolder(folder, options);
  // Reads every weight, and refuses those that are not finite.
  await model.weightsHash();
  const random = randomIntegers(options.seed ?? 0);
  const examples = madeUpExamples(network, random);
  const words = Array.from({ length: promptLength }, () => random(network.vocabulary));
  const prompt = Float64Array.from(await model.embeddings(words));
  const comparison = await compareGradient(network, prompt, examples, {
    entries: choose(prompt.length, options.entries ?? 32, random),
    ...(options.threads === undefined ? {} : { threads: options.threads }),
  });
  const { name, architecture, kind, parameters, vocabulary, width, layers, notes } = model;
  const relativeError = comparison.absoluteError / comparison.largestGradient;
  return {
    ...{ name, folder: model.folder, architecture, kind, parameters, vocabulary, width, layers, notes },
    ...comparison,
    relativeError,
    passed: relativeError <= tolerance,
    seconds: (performance.now() - started) / 1000,
  };
}

async function compareGradient(
  network: LanguageModel,
  prompt: Float64Array,
  examples: readonly EncodedExample[],
  options: { readonly entries: readonly number[]; readonly threads?: number },
): Promise<Pick<ModelVerification, 'compared' | 'entries' | 'largestGradient' | 'absoluteError'>> {
  const target = { executionProvider: 'cpu', precision: 'float64' } as const;
  const graph = lossGraph(network, promptLength);
  const [promptGradient] = gradient(graph.loss, [graph.prompt]);
  const tokens = examples.reduce((sum, { targetIds }) => sum + targetIds.length, 0);
  const lossAt = async (session: Session, at: Float64Array): Promise<number> =>
    Number((await session.run(lossFeeds(network, at, examples, tokens)))['loss']!.data[0]);

  const backward = await openSession(writeModel({ promptGradient: promptGradient! }, target), options);
  const run = await backward.run(lossFeeds(network, prompt, examples, tokens));
  const numbers = Float64Array.from(run['promptGradient']!.data as Float64Array);
  await backward.release();

  const forward = await openSession(writeModel({ loss: graph.loss }, target), options);
  let absoluteError = 0;
  for (const entry of options.entries) {
    const at = (offset: number): Float64Array => prompt.with(entry, prompt[entry]! + offset);
    const difference = ((await lossAt(forward, at(step))) - (await lossAt(forward, at(-step)))) / (2 * step);
    const error = Math.abs(difference - numbers[entry]!);
    // Also true where the error is no number.
    if (!(error <= absoluteError)) absoluteError = error;
  }
  await forward.release();
  const largestGradient = numbers.reduce((largest, each) => Math.max(largest, Math.abs(each)), 0);
  return { compared: options.entries.length, entries: numbers.length, largestGradient, absoluteError };
}

/** Inputs of 7 and 4 tokens, targets of 1 and 3: padding on both sides, one-token and longer targets. */
function madeUpExamples(network: LanguageModel, random: (limit: number) => number): EncodedExample[] {
  const tokens = (count: number): number[] => Array.from({ length: count }, () => random(network.vocabulary));
  return [
    { inputIds: tokens(7), targetIds: tokens(1) },
    { inputIds: tokens(4), targetIds: tokens(3) },
  ];
}

/** `count` different indices below `limit`; all of them where that is not more. */
function choose(limit: number, count: number, random: (limit: number) => number): number[] {
  const indices = Array.from({ length: limit }, (_, i) => i);
  for (let i = 0; i < Math.min(count, limit); i++) {
    const other = i + random(limit - i);
    [indices[i], indices[other]] = [indices[other]!, indices[i]!];
  }
  return indices.slice(0, count);
}

/** Whole numbers from 0 up to a limit, from a seed: a linear congruential generator modulo 2^32 (Knuth's constants), its high bits. */
function randomIntegers(seed: number): (limit: number) => number {
  let state = seed >>> 0;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}
