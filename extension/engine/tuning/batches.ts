import { createHash } from 'node:crypto';
import { permutation, seededRandom, shuffled } from '../datasets/random';
import type { EncodedExample } from '../models/frozenModel';

/** One optimiser step's examples, cut into passes that the model computes one after another. */
export interface Batch {
  readonly microBatches: readonly (readonly EncodedExample[])[];
  /** Target tokens of the whole batch: what every pass divides its loss by, so that the passes add up to the batch's mean. */
  readonly normaliser: number;
  /** Tokens of its inputs and targets, virtual ones included, padding not. */
  readonly tokens: number;
  /** The same with padding. */
  readonly paddedTokens: number;
}

export interface BatchOptions {
  /** Examples in an optimiser step; where there are fewer examples, all of them. */
  readonly batchSize: number;
  /** Most tokens in one pass, virtual tokens and padding included. An example longer than that goes alone. */
  readonly microBatchTokens: number;
  /** P, virtual tokens in front of every example. */
  readonly promptLength: number;
  /** Whether a pass computes the prompt once for all its examples, as a causal model does. Default: no. */
  readonly sharedPrompt?: boolean | undefined;
  readonly seed: number;
  /** Batches that are filled by length together; 1 keeps purely random batches. Default 8. */
  readonly bucketBatches?: number | undefined;
}

/**
 * The order of the data as a pure function of the seed and the step, so that nothing but the step has to be kept to go on.
 *
 * The examples repeat for ever, each time in another order. `bucketBatches` batches at a time are taken from that stream, sorted
 * by length, cut into batches, and the batches shuffled: examples of a batch are of similar length, so little is padded, while
 * lengths come in random order. Within every epoch each example is used exactly once.
 */
export class BatchStream {
  private readonly batchSize: number;
  private readonly windowBatches: number;
  private readonly lengths: readonly number[];
  private readonly orders = new Map<number, Uint32Array>();
  private window: { readonly index: number; readonly batches: readonly (readonly number[])[] } | undefined;

  /** @throws RangeError when there is no example. */
  constructor(
    private readonly examples: readonly EncodedExample[],
    private readonly options: BatchOptions,
  ) {
    if (examples.length === 0) throw new RangeError('there is no training example');
    this.batchSize = Math.min(options.batchSize, examples.length);
    // A window longer than an epoch would hold an example several times, next to each other after sorting.
    const most = Math.floor(examples.length / this.batchSize);
    this.windowBatches = Math.min(options.bucketBatches ?? 8, most);
    this.lengths = examples.map(lengthOf);
  }

  /** The batch of the step after `step` finished ones. */
  batch(step: number): Batch {
    const index = Math.floor(step / this.windowBatches);
    if (this.window?.index !== index) this.window = { index, batches: this.fillWindow(index) };
    const chosen = this.window.batches[step % this.windowBatches]!;
    return cutByTokens(
      chosen.map((each) => this.examples[each]!),
      this.options,
    );
  }

  private fillWindow(index: number): number[][] {
    const size = this.windowBatches * this.batchSize;
    const members = Array.from({ length: size }, (_, position) => this.exampleAt(index * size + position));
    members.sort((a, b) => this.lengths[a]! - this.lengths[b]!);
    const batches = Array.from({ length: this.windowBatches }, (_, batch) =>
      members.slice(batch * this.batchSize, (batch + 1) * this.batchSize),
    );
    return shuffled(batches, seededRandom(this.options.seed, 'batches', index));
  }

  /** Example at a place of the endless stream of shuffled epochs. */
  private exampleAt(position: number): number {
    const epoch = Math.floor(position / this.examples.length);
    let order = this.orders.get(epoch);
    if (!order) {
      order = permutation(this.examples.length, seededRandom(this.options.seed, 'epoch', epoch));
      this.orders.set(epoch, order);
      // A window reaches over at most two epochs.
      this.orders.delete(epoch - 2);
    }
    return order[position % this.examples.length]!;
  }
}

/** Cuts a batch, longest examples first, into passes of at most `microBatchTokens` (padding and virtual tokens included). */
export function cutByTokens(
  examples: readonly EncodedExample[],
  { promptLength, microBatchTokens, sharedPrompt = false }: Omit<BatchOptions, 'batchSize' | 'seed'>,
): Batch {
  const longestFirst = examples.toSorted((a, b) => lengthOf(b) - lengthOf(a));
  const once = sharedPrompt ? promptLength : 0;
  const each = promptLength - once;
  const microBatches: EncodedExample[][] = [];
  let paddedTokens = 0;
  let width = 0;
  for (const example of longestFirst) {
    const open = microBatches.at(-1);
    if (open && once + (open.length + 1) * width <= microBatchTokens) {
      open.push(example);
    } else {
      width = each + lengthOf(example);
      microBatches.push([example]);
      paddedTokens += once;
    }
    paddedTokens += width;
  }
  return {
    microBatches,
    normaliser: examples.reduce((sum, { targetIds }) => sum + targetIds.length, 0),
    tokens: examples.reduce((sum, example) => sum + promptLength + lengthOf(example), 0),
    paddedTokens,
  };
}

/** Tokens of an example without the prompt. */
function lengthOf({ inputIds, targetIds }: EncodedExample): number {
  return inputIds.length + targetIds.length;
}

/** SHA-256 over the token ids of all examples in order: tells a resumed run whether its data are still the same. */
export function fingerprint(examples: readonly EncodedExample[]): string {
  const hash = createHash('sha256');
  for (const { inputIds, targetIds, tailTokens = 0 } of examples) {
    hash.update(Int32Array.from([inputIds.length, targetIds.length, ...inputIds, ...targetIds]));
    if (tailTokens > 0) hash.update(Int32Array.of(tailTokens));
  }
  return hash.digest('hex');
}
