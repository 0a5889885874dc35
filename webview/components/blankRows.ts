import type { ReactiveController, ReactiveControllerHost } from 'lit';

/**
 * Cells of text that a frame of scrolling has time for: a wheel brings fewer, a dragged bar as many as can be seen. On two cores without a
 * graphics card one costs 0.07 ms, so that these are half a frame.
 */
const cellsPerFrame = 96;

/** Rows of a table, from the first to before the last. */
interface Range {
  readonly from: number;
  readonly to: number;
}

/** What a table is about to draw. */
export interface RowsToDraw<Id> {
  /** Rows that are in the page together. */
  readonly drawn: Range;
  /** Those of them that can be seen; others stand above and below for the next frames. */
  readonly seen: Range;
  /** What a row costs, as many cells of text. */
  readonly cost: number;
  readonly id: (index: number) => Id;
  /** Index of the row that is never blank, the keyboard's; -1 where there is none. */
  readonly active: number;
}

/**
 * Which rows of a table are blank for now. While one scrolls faster than a machine can lay out rows, some come whole and the others get
 * their cells in the frames that follow: no frame is late, and at rest none is blank.
 */
export class BlankRows<Id> implements ReactiveController {
  private whole: ReadonlySet<Id> = new Set();
  private blank: ReadonlySet<number> = new Set();
  private from = 0;
  private down = true;
  private scrolling = false;
  private drawnIn: CSSNumberish | null = null;
  private filling: number | undefined;

  constructor(private readonly host: ReactiveControllerHost) {
    host.addController(this);
  }

  /** What is drawn next is drawn because one scrolls: rows may come blank. */
  scroll(): void {
    this.scrolling = true;
  }

  /** Indices of the rows to be blank in what is drawn next. */
  choose({ drawn, seen, cost, id, active }: RowsToDraw<Id>): ReadonlySet<number> {
    const indices = Array.from({ length: drawn.to - drawn.from }, (_, offset) => drawn.from + offset);
    const lacking = this.scrolling ? indices.filter((index) => index !== active && !this.whole.has(id(index))) : [];
    // Of those that are seen, rows that one scrolls to are the longest in view.
    const urgent = (index: number): number => (index >= seen.from && index < seen.to ? 1 : 0);
    // Frames that only fill up go on as it was scrolled.
    if (drawn.from !== this.from) this.down = drawn.from > this.from;
    const down = this.down ? 1 : -1;
    const byUrgency = lacking.toSorted((a, b) => urgent(a) - urgent(b) || (a - b) * down);
    this.blank = new Set(byUrgency.slice(0, -Math.max(1, Math.floor(cellsPerFrame / cost))));
    this.whole = new Set(indices.filter((index) => !this.blank.has(index)).map(id));
    this.from = drawn.from;
    return this.blank;
  }

  hostUpdated(): void {
    this.scrolling = false;
    this.drawnIn = document.timeline.currentTime;
    if (this.blank.size > 0) this.filling ??= requestAnimationFrame(this.fill);
  }

  hostConnected(): void {
    if (this.blank.size > 0) this.host.requestUpdate();
  }

  hostDisconnected(): void {
    if (this.filling !== undefined) cancelAnimationFrame(this.filling);
    this.filling = undefined;
  }

  /** Draws more of the blank rows, in a frame that has not drawn any. */
  private readonly fill = (): void => {
    this.filling = undefined;
    if (this.drawnIn === document.timeline.currentTime) {
      this.filling = requestAnimationFrame(this.fill);
      return;
    }
    this.scrolling = true;
    this.host.requestUpdate();
  };
}
