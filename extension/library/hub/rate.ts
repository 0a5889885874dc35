const window = 5000;

/** Bytes a second over the last five seconds. */
export class Rate {
  readonly #marks: { readonly at: number; readonly bytes: number }[] = [];

  /** @param bytes so far. @param now milliseconds. @returns undefined until half a second has passed. */
  at(bytes: number, now: number): number | undefined {
    this.#marks.push({ at: now, bytes });
    while (this.#marks.length > 2 && now - this.#marks[1]!.at > window) this.#marks.shift();
    const first = this.#marks[0]!;
    return now - first.at < 500 ? undefined : (1000 * (bytes - first.bytes)) / (now - first.at);
  }
}
