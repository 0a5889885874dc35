import type { Generation } from '../frozenModel';

export interface DraftEnding {
  /** Any of them ends the text. */
  readonly endTokens: readonly number[];
  readonly stopWords: readonly string[];
  readonly decode: (ids: readonly number[]) => string;
}

/** A text while it is being written: it grows by a token until it ends, a stop word shows, or it is as long as it may be. */
export class Draft {
  readonly #ids: number[] = [];
  #logProbability = 0;
  #stopped: Generation['stopped'] | undefined;
  /** Characters of the text before a stop word. */
  #cut: number | undefined;

  constructor(
    private readonly most: number,
    private readonly ending: DraftEnding,
  ) {}

  /** Why it has ended; undefined while it grows. */
  get stopped(): Generation['stopped'] | undefined {
    return this.#stopped;
  }

  accept(id: number, logProbability: number): void {
    const { endTokens, stopWords, decode } = this.ending;
    this.#logProbability += logProbability;
    if (endTokens.includes(id)) {
      this.#stopped = 'end';
      return;
    }
    this.#ids.push(id);
    // A stop word may begin in an earlier token than the one it ends in, so the text is looked at, not the tokens.
    if (stopWords.length > 0) this.#cut = firstOf(stopWords, decode(this.#ids));
    if (this.#cut !== undefined) this.#stopped = 'stop-word';
    else if (this.#ids.length === this.most) this.#stopped = 'length';
  }

  /** @throws Error while it grows. */
  generation(): Generation {
    if (this.#stopped === undefined) throw new Error('the text has not ended');
    const { decode } = this.ending;
    const text = decode(this.#ids).slice(0, this.#cut);
    let kept = this.#ids.length;
    while (kept > 0 && decode(this.#ids.slice(0, kept)).length > text.length) kept--;
    return { ids: this.#ids.slice(0, kept), text, stopped: this.#stopped, logProbability: this.#logProbability };
  }
}

/** Where the first of the words begins in a text; undefined where there is none of them. */
function firstOf(words: readonly string[], text: string): number | undefined {
  const places = words.map((word) => text.indexOf(word)).filter((at) => at >= 0);
  return places.length === 0 ? undefined : Math.min(...places);
}
