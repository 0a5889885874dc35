import type { ReactiveControllerHost } from 'lit';
import { BlankRows } from './blankRows';
import { RowSlots } from './rowSlots';
import { rowsInView } from './rowsInView';
import { rowWindow } from './rowWindow';

/** A table of very many rows, and what of it can be seen. Lengths in pixels. */
export interface ScrolledTable<Id> {
  readonly count: number;
  readonly id: (index: number) => Id;
  /** What a row costs to draw, as many cells of text. */
  readonly cost: number;
  /** Index of the row that the keyboard is in, which stays in the page; -1 where there is none. */
  readonly active: number;
  /** Index of the uppermost row that is seen. */
  readonly first: number;
  readonly rowHeight: number;
  readonly viewHeight: number;
}

/** The rows of a table that is scrolled through thousands: those in view, in elements that are used again, blank where time is short. */
export class ScrolledRows<Id> {
  readonly blanks: BlankRows<Id>;
  private readonly slots = new RowSlots<Id>();

  constructor(host: ReactiveControllerHost) {
    this.blanks = new BlankRows(host);
  }

  /** The table's body. @param row draws a row by its index; a blank one leaves its elements as they are. */
  body(table: ScrolledTable<Id>, row: (index: number, blank: boolean) => unknown): unknown {
    const { count, id, cost, active, first, rowHeight, viewHeight } = table;
    const stretches = rowWindow(count, rowHeight, first * rowHeight, viewHeight, [active]);
    const seen = { from: first, to: first + Math.ceil(viewHeight / rowHeight) };
    const inPage = stretches.filter((stretch) => stretch.kind === 'rows');
    const drawn = inPage.find(({ inView }) => inView) ?? { from: 0, to: 0 };
    const blank = this.blanks.choose({ drawn, seen, cost, id, active });
    const slots = this.slots.take(
      inPage.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, offset) => id(from + offset))),
    );
    return rowsInView(
      stretches,
      rowHeight,
      (index) => slots.get(id(index)),
      (index) => row(index, blank.has(index)),
    );
  }
}
