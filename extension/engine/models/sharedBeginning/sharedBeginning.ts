import type { Feed, Tensor, Session } from '../../graph/session';
import { input } from '../../graph/leaves';
import { gather } from '../../graph/operators/indexing';
import type { Value } from '../../graph/value';
import type { EncodedExample } from '../frozenModel';
import { KeyValueCache } from '../generation/keyValueCache';
import { PastLayers, pastPrefix, presentPrefix } from '../generation/pastLayers';
import type { CausalContinuation, LanguageModel } from '../languageModel';
import {
  type Beginning,
  beginningFeeds,
  beginningOf,
  behindBeginningFeeds,
  type RowSizes,
} from './behindBeginningBatch';

type Feeds = Record<string, Feed>;

/** Runs the graph for these feeds and returns the named outputs. */
type Run = (feeds: Feeds, outputs: readonly string[]) => Promise<Record<string, Tensor>>;

/**
 * What all rows of a pass begin with, computed once and not once a pass as long as it stays the same: a causal model sees the prompt and the
 * lead behind it before any text, so their keys and values are the same in every pass with that prompt. One session serves both, the beginning and what stands behind it.
 */
export class SharedBeginning {
  readonly #past = new PastLayers('float', 'all rows');
  /** The last one only: passes go beginning by beginning, and one may be long. */
  #last: Computed | undefined;

  constructor(
    private readonly network: LanguageModel,
    private readonly continuation: CausalContinuation,
    private readonly promptLength: number,
    private readonly sizes: RowSizes,
  ) {}

  /** As {@link LanguageModel.targetLogits}, and what else the graph has to give. */
  logits(prompt: Value | undefined): Value {
    return this.continuation.logitsBehindBeginning(prompt, this.#past);
  }
  /**
   * Keys and values of the tokens that the input `wanted` names: a graph holds all of an output until it is through, and rows have many. The last
   * layer's come first, since onnxruntime begins with what leads to the last output: so each layer's are let go before the next.
   */
  get outputs(): Readonly<Record<string, Value>> {
    const wanted = input('wanted', 'int64', ['wanted']);
    return Object.fromEntries(
      Object.entries(this.#past.present)
        .reverse()
        .map(([name, present]) => [name, gather(present, wanted, 2)]),
    );
  }

  /**
   * What the graph is fed with, the prompt apart; runs it for a beginning that is new. @param prompt its numbers, [P, D].
   * @throws RangeError for an example that cannot be computed: no token to predict from, or longer than the model was made for.
   */
  async feeds(
    session: Pick<Session, 'inputs'>,
    prompt: Float32Array,
    examples: readonly EncodedExample[],
    run: Run,
  ): Promise<Feeds> {
    const { network, continuation, promptLength, sizes } = this;
    const beginning = beginningOf(examples, promptLength);
    const batch = { promptLength, maxPositions: network.maxPositions, sizes };
    const { feeds, reached, whole } = behindBeginningFeeds(examples, beginning, batch);
    const tables = continuation.positionFeeds(reached, whole);
    const past = await this.#pastOf(beginning, prompt, tables, KeyValueCache.empty(session, 1).feeds(), run);
    return { ...feeds, ...tables, ...past };
  }

  #pastOf(beginning: Beginning, prompt: Float32Array, tables: Feeds, empty: Feeds, run: Run): Promise<Feeds> | Feeds {
    if (beginning.length === 0) return empty;
    const key = `${beginning.length} ${beginning.lead.join()} ${frequenciesOf(tables)}`;
    const last = this.#last;
    if (last?.key === key && same(prompt, last.prompt)) return last.past;
    const feeds = { ...beginningFeeds(beginning, this.sizes), ...tables, ...empty };
    const started = { key, prompt: prompt.slice(), past: this.#computed(feeds, run) };
    this.#last = started;
    // What failed is not kept; whoever asks again computes it again.
    started.past.catch(() => (this.#last = this.#last === started ? undefined : this.#last));
    return started.past;
  }

  async #computed(feeds: Feeds, run: Run): Promise<Feeds> {
    const outputs = await run(feeds, Object.keys(this.#past.present));
    return Object.fromEntries(
      Object.entries(outputs).map(([name, tensor]) => [name.replace(presentPrefix, pastPrefix), tensor]),
    );
  }
}

/** A beginning that is computed or being computed. */
interface Computed {
  readonly key: string;
  readonly prompt: Float32Array;
  readonly past: Promise<Feeds>;
}

/** How fast the tables' pairs turn, which may depend on the length of the text: their rows at position 1. */
function frequenciesOf(tables: Feeds): string {
  return Object.values(tables)
    .map(({ data, shape: [, width] }) => Array.from(data.slice(width, 2 * width!) as ArrayLike<number>).join())
    .join(' ');
}

function same(a: Float32Array, b: Float32Array): boolean {
  return a.length === b.length && a.every((number, i) => number === b[i]);
}
