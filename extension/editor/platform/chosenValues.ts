/** A value that was ticked and cannot be chosen. */
export interface Refusal<T> {
  readonly value: T;
  /** Why it does not go together with those that are chosen, in words. */
  readonly reason: string;
}

/** The values that are chosen in a list with checkboxes, in the order in which they were ticked. */
export class ChosenValues<T> {
  #values: readonly T[];

  /** @param unfit why a value does not go together with those chosen before it; undefined where it does. */
  constructor(
    chosen: readonly T[],
    private readonly unfit: (value: T, chosen: readonly T[]) => string | undefined = () => undefined,
  ) {
    this.#values = chosen;
  }

  get values(): readonly T[] {
    return this.#values;
  }

  /**
   * Follows the checkboxes: values that are not ticked any more go, new ones are added behind the others if they fit.
   *
   * @param ticked the values whose checkboxes are ticked now, in any order.
   * @returns the new values that do not fit; their checkboxes have to be cleared.
   */
  tick(ticked: readonly T[]): readonly Refusal<T>[] {
    const refusals: Refusal<T>[] = [];
    const values = this.#values.filter((value) => ticked.includes(value));
    for (const value of ticked) {
      if (values.includes(value)) continue;
      const reason = this.unfit(value, values);
      if (reason === undefined) values.push(value);
      else refusals.push({ value, reason });
    }
    this.#values = values;
    return refusals;
  }
}
