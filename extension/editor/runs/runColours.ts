import type { Memento } from 'vscode';

const key = 'softPrompt.runColours';

/**
 * Gives each run a small number that stays the same for as long as the run exists, so that its colour and dash pattern are
 * the same in the table, in the charts and after a reload. A deleted run's number is given to a later one.
 */
export class RunColours {
  #numbers: Readonly<Record<string, number>>;

  constructor(private readonly memory: Memento) {
    this.#numbers = memory.get(key, {});
  }

  /** Run id -> number, for all runs there are, in the order in which new ones are to be numbered. */
  assign(ids: readonly string[]): Readonly<Record<string, number>> {
    const kept = ids.filter((id) => this.#numbers[id] !== undefined);
    const numbers = Object.fromEntries(kept.map((id) => [id, this.#numbers[id]!]));
    const taken = new Set(Object.values(numbers));
    let next = 0;
    for (const id of ids) {
      if (numbers[id] !== undefined) continue;
      while (taken.has(next)) next++;
      taken.add(next);
      numbers[id] = next;
    }
    if (JSON.stringify(numbers) !== JSON.stringify(this.#numbers)) {
      this.#numbers = numbers;
      void this.memory.update(key, numbers);
    }
    return numbers;
  }
}
