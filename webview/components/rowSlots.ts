/**
 * Which row of the page shows which row of a table. A row that comes into view takes over the elements of one that has left it, since to
 * change texts costs less than to make elements; one that stays keeps its own, and with them the focus and what is being typed.
 */
export class RowSlots<Id> {
  private slots: ReadonlyMap<Id, number> = new Map();
  private count = 0;

  /**
   * A slot for each row that is to be in the page; `ids` in the order of the table, each once. Rows at the end that one scrolls to get
   * the slots of those furthest away first, and slots that are new stand next to the rows that stay: so a list that is compared from its
   * ends (lit's `repeat`) sees at once which rows have changed ends, and moves no other.
   */
  take(ids: readonly Id[]): ReadonlyMap<Id, number> {
    const staying = new Set(ids);
    const free = [...this.slots].filter(([id]) => !staying.has(id)).map(([, slot]) => slot);
    const coming = ids.filter((id) => !this.slots.has(id));
    const fresh = Array.from({ length: Math.max(0, coming.length - free.length) }, () => this.count++);
    const down = coming.length > 0 && coming.at(-1) === ids.at(-1);
    const given = (down ? free.slice(0, coming.length) : free).reverse();
    const taken = down ? [...fresh, ...given] : [...given, ...fresh];
    const slotOf = new Map(coming.map((id, at) => [id, taken[at]!]));
    this.slots = new Map(ids.map((id) => [id, this.slots.get(id) ?? slotOf.get(id)!]));
    return this.slots;
  }
}
