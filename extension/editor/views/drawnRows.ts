/** What rows of a view looked like, apart from figures that keep changing, when they were drawn last. Times are milliseconds. */
export class DrawnRows {
  readonly #rows = new Map<string, { readonly look: string; readonly at: number }>();

  /** @param pause how long a row stays as it is while only its figures change. */
  constructor(private readonly pause: number) {}

  drew(id: string, look: string, now: number): void {
    this.#rows.set(id, { look, at: now });
  }

  /** Whether a row was drawn a moment ago and but for its figures looks the same. */
  canWait(id: string, look: string, now: number): boolean {
    const row = this.#rows.get(id);
    return row !== undefined && row.look === look && now - row.at < this.pause;
  }
}
