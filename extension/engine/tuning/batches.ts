import { createHash } from 'node:crypto';
import { permutation, seededRandom, shuffled } from '../datasets/random';
import type { EncodedExample } from '../models/frozenModel';
import { headOf } from '../models/frozenPrefix/inputParts';

/** One optimiser step's examples, cut into passes that the model computes one after another. */
export interface Batch {
  readonly microBatches: readonly (readonly EncodedExample[])[];
  /** Target tokens of the whole batch: what every pass divides its loss by, so that the passes add up to the batch's mean. */
  readonly normaliser: number;
  /** Tokens of its inputs and targets, virtual ones included, padding not. */
  readonly tokens: number;
  /** The same with padding, as far as passes compute or hold them. */
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
  /**
   * With the prompt behind the text, of which only keys and values are held: how much of a computed token's memory a token of it takes.
   * Default: the text is computed.
   */
  readonly pastShare?: number | undefined;
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

/**
 * Cuts a batch, longest examples first, into passes of at most `microBatchTokens` (padding and virtual tokens included). Tokens that are
 * not computed count by the memory that they take.
 */
export function cutByTokens(
  examples: readonly EncodedExample[],
  { promptLength, microBatchTokens, sharedPrompt = false, pastShare }: Omit<BatchOptions, 'batchSize' | 'seed'>,
): Batch {
  // A lead counts in every row although it is computed once: attention keeps its keys and values for each.
  const once = sharedPrompt ? promptLength : 0;
  const each = promptLength - once;
  const sizeOf = (example: EncodedExample): RowSize => {
    const held = pastShare === undefined ? 0 : headOf(example).length;
    return { computed: lengthOf(example) - held, held };
  };
  const width = ({ computed, held }: RowSize): number => each + computed + (pastShare ?? 0) * held;
  const rows = examples.map((example) => ({ example, size: sizeOf(example) }));
  const longestFirst = rows.sort((a, b) => width(b.size) - width(a.size));
  const passes: { readonly examples: EncodedExample[]; size: RowSize }[] = [];
  for (const { example, size } of longestFirst) {
    const open = passes.at(-1);
    const grown = open && larger(open.size, size);
    if (open && grown && once + (open.examples.length + 1) * width(grown) <= microBatchTokens) {
      open.examples.push(example);
      open.size = grown;
    } else {
      passes.push({ examples: [example], size });
    }
  }
  return {
    microBatches: passes.map((pass) => pass.examples),
    normaliser: examples.reduce((sum, { targetIds }) => sum + targetIds.length, 0),
    tokens: examples.reduce((sum, example) => sum + promptLength + lengthOf(example), 0),
    paddedTokens: passes.reduce((sum, pass) => sum + once + pass.examples.length * width(pass.size), 0),
  };
}

/** Tokens of a row in a pass, padding included. */
interface RowSize {
  /** Without the prompt. */
  readonly computed: number;
  /** Of which keys and values are held. */
  readonly held: number;
}

/** What both fit into. */
function larger(a: RowSize, b: RowSize): RowSize {
  return { computed: Math.max(a.computed, b.computed), held: Math.max(a.held, b.held) };
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
