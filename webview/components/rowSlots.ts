/**
 * Which row of the page shows which row of a table. A row that comes into view takes over the elements of one that has left it, since to
 * change texts costs less than to make elements; one that stays keeps its own, and with them the focus and what is being typed.
 */
export class RowSlots<Id> {
  private slots: ReadonlyMap<Id, number> = new Map();
  private count = 0;

  /** A slot for each row that is to be in the page; `ids` in the order of the table, each once. */
  take(ids: readonly Id[]): ReadonlyMap<Id, number> {
    const staying = new Set(ids);
    const free = [...this.slots].filter(([id]) => !staying.has(id)).map(([, slot]) => slot);
    this.slots = new Map(ids.map((id) => [id, this.slots.get(id) ?? free.pop() ?? this.count++]));
    return this.slots;
  }
}
