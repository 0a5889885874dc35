import { writeModel } from '../../graph/emission/writeModel';
import { type Feed, type Session, type Tensor, openSession } from '../../graph/session';
import type { Value } from '../../graph/value';
import type { PrefixCache, PrefixCacheOptions } from '../frozenModel';
import { type KeysAndValues, pastPrefix, presentPrefix } from '../generation/pastLayers';
import type { CausalContinuation, LanguageModel } from '../languageModel';
import { stepped, type Padding } from '../padding';
import { runtimeOptions } from '../runtimeOptions';
import { sessionTarget } from '../sessionTarget';
import { cast } from '../../graph/operators/elementwise';
import { PrefixStore } from './prefixStore';

/** Numbers of a kept prefix: float16 as bits, or float32. */
type Numbers = Uint16Array | Float32Array;

/** Layer by layer the keys and values of a text, as outputs; attention sees them unchanged. */
class TextLayers {
  readonly outputs: Record<string, Value> = {};
  #layers = 0;

  constructor(private readonly stored: 'float' | 'float16') {}

  extend(layer: KeysAndValues): KeysAndValues {
    const number = this.#layers++;
    this.outputs[`${presentPrefix}keys.${number}`] = cast(layer.keys, this.stored);
    this.outputs[`${presentPrefix}values.${number}`] = cast(layer.values, this.stored);
    return layer;
  }
}

/** Keys and values of texts as the past of a pass. */
export interface TextPast {
  readonly feeds: Record<string, Feed>;
  /** Tokens of the past, the masked ones of shorter texts among them. */
  readonly slots: number;
}

/** The same, with what sessions behind it need. */
export interface OpenPrefixCache extends PrefixCache {
  readonly stored: 'float' | 'float16';
  /** @param padding of the texts in the pass. */
  past(texts: readonly (readonly number[])[], padding: Padding): Promise<TextPast>;
}

/**
 * Keys and values of texts, computed once each. A text goes through the model together with texts of its own padded length only, so the
 * digits do not depend on which others were wanted at the same time, and a resumed run computes the same.
 *
 * float16 on the CPU, half the space: a key is rounded by at most 2^-11 of itself. Graphics drivers may lack float16, so there it is float32.
 */
export async function openPrefixCache(
  network: LanguageModel,
  continuation: CausalContinuation,
  options: PrefixCacheOptions,
): Promise<OpenPrefixCache> {
  const { executionProvider, threads, folder } = options;
  const { memoryBytes = 512 * 2 ** 20, diskBytes = 4 * 2 ** 30 } = options;
  const stored = options.stored ?? (executionProvider === 'cpu' ? 'float16' : 'float');
  const layers = new TextLayers(stored);
  continuation.readText(layers);
  const model = writeModel(layers.outputs, { ...sessionTarget(options), forwardOnly: true });
  const session = await openSession(model, runtimeOptions(network, 1, threads));
  const parts = partsOf(session);
  const store = new PrefixStore({ memoryBytes, diskBytes, folder });

  /** Keys and values of texts of one padded length, part by part [groups, tokens, width] of each. */
  const compute = async (texts: readonly (readonly number[])[]): Promise<Numbers[]> => {
    const examples = texts.map((inputIds) => ({ inputIds, targetIds: [0] }));
    const feeds = network.feeds(examples, 0, false, stepped);
    const wanted = session.inputs.map(({ name }) => [name, feeds[name]!] as const);
    const outputs = await session.run(Object.fromEntries(wanted));
    return texts.map(({ length }, row) => prefixOf(outputs, parts, row, length));
  };

  const numbersOf = async (texts: readonly (readonly number[])[]): Promise<ReadonlyMap<string, Numbers>> => {
    const byKey = new Map(texts.filter(({ length }) => length > 0).map((text) => [keyOf(text), text]));
    const found = new Map<string, Numbers>();
    const missing = new Map<number, (readonly number[])[]>();
    for (const [key, text] of byKey) {
      const bytes = await store.get(key);
      const length = stepped(text.length);
      if (bytes) found.set(key, numbersIn(bytes, stored === 'float16'));
      else missing.set(length, [...(missing.get(length) ?? []), text]);
    }
    for (const alike of missing.values())
      for (const [index, numbers] of (await compute(alike)).entries()) {
        const key = keyOf(alike[index]!);
        found.set(key, numbers);
        await store.put(key, new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength));
      }
    return found;
  };

  return {
    stored,
    async past(texts, padding) {
      const slots = padding(Math.max(1, ...texts.map(({ length }) => length)));
      const numbers = await numbersOf(texts);
      const rows = texts.map((text) => ({ numbers: numbers.get(keyOf(text)), tokens: text.length }));
      return { slots, feeds: pastFeeds(rows, parts, slots, stored === 'float16') };
    },
    size: () => store.size,
    async release() {
      await store.release();
      await session.release();
    },
  };
}

interface Part {
  readonly name: string;
  readonly groups: number;
  readonly width: number;
}

function partsOf({ outputs }: Session): Part[] {
  return outputs.map(({ name, shape }) => ({
    name: name.slice(presentPrefix.length),
    groups: Number(shape[1]),
    width: Number(shape[3]),
  }));
}

/** Of one row of outputs [batch, groups, padded tokens, width] what is no padding, part behind part. */
function prefixOf(outputs: Record<string, Tensor>, parts: readonly Part[], row: number, tokens: number): Numbers {
  const size = parts.reduce((sum, { groups, width }) => sum + groups * tokens * width, 0);
  const float16 = outputs[presentPrefix + parts[0]!.name]!.data instanceof Uint16Array;
  const all = float16 ? new Uint16Array(size) : new Float32Array(size);
  let end = 0;
  for (const { name, groups, width } of parts) {
    const { data, shape } = outputs[presentPrefix + name]!;
    for (let group = 0; group < groups; group++) {
      const first = (row * groups + group) * shape[2]! * width;
      all.set((data as Numbers).subarray(first, first + tokens * width), end);
      end += tokens * width;
    }
  }
  return all;
}

/** Each part as [rows, groups, slots, width], a row's token at position i in slot i. */
function pastFeeds(
  rows: readonly { readonly numbers: Numbers | undefined; readonly tokens: number }[],
  parts: readonly Part[],
  slots: number,
  float16: boolean,
): Record<string, Feed> {
  const feeds: Record<string, Feed> = {};
  const starts = rows.map(() => 0);
  for (const { name, groups, width } of parts) {
    const size = rows.length * groups * slots * width;
    const data = float16 ? new Uint16Array(size) : new Float32Array(size);
    for (const [row, { numbers, tokens }] of rows.entries())
      for (let group = 0; group < groups; group++) {
        const start = starts[row]!;
        starts[row] = start + tokens * width;
        if (numbers) data.set(numbers.subarray(start, starts[row]), (row * groups + group) * slots * width);
      }
    feeds[pastPrefix + name] = { data, shape: [rows.length, groups, slots, width] };
  }
  return feeds;
}

function keyOf(text: readonly number[]): string {
  return text.join(' ');
}

function numbersIn({ buffer, byteOffset, byteLength }: Uint8Array, float16: boolean): Numbers {
  return float16
    ? new Uint16Array(buffer, byteOffset, byteLength / 2)
    : new Float32Array(buffer, byteOffset, byteLength / 4);
}
