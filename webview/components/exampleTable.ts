import { LitElement, html, noChange, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { guard } from 'lit/directives/guard.js';
import type { EvaluationModel } from '../state/evaluationModel';
import type { EvaluationRows } from '../state/evaluationRows';
import { integer, percent } from '../state/format';
import { sharedStyles } from '../theme/sharedStyles';
import { columnTracks } from './columnTracks';
import { exampleTableStyles } from './exampleTableStyles';
import { placeAfterKey } from './gridFocus';
import type { GridPlace } from './gridFocus';
import { cutText } from './cutText';
import { gridStyles } from './gridStyles';
import { icon, wordIcon } from './icon';
import { rowGridStyles } from './rowGridStyles';
import { ScrolledRows } from './scrolledRows';

interface Column {
  /** As the sort names it. */
  readonly id: string;
  readonly title: string;
  /** Width in units of the font size. */
  readonly width: number;
}
const ownColumns: readonly Column[] = [
  { id: 'row', title: 'Row', width: 6 },
  { id: 'input', title: 'Text', width: 24 },
  { id: 'target', title: 'Target', width: 8 },
];
/** Width of what a predictor says. */
const saidWidth = 12;
/** What a predictor's answer costs to draw: an icon, a word and a number. */
const answerCost = 3;
/** Width of the icon and the probability beside it. */
const besideAnswer = 5;

/**
 * The rows with what every predictor says of them: one tab stop, arrow keys inside; Enter on a header sorts (predictors by their
 * probability), elsewhere it opens the row in its file. Only the rows in view are in the page. Below stands the whole text of the
 * row that the keyboard or the last click is on.
 */
@customElement('example-table')
export class ExampleTable extends LitElement {
  static override styles = [sharedStyles, gridStyles, rowGridStyles, exampleTableStyles];

  @property({ attribute: false }) model!: EvaluationModel;
  /** Numbers of the examples in the order shown. */
  @property({ attribute: false }) order: Int32Array = new Int32Array(0);
  /** Makes the table look again at a model that has changed inside. */
  @property({ attribute: false }) revision = 0;
  @state() private place: GridPlace = { row: undefined, column: 0 };
  /** First row in view. */
  @state() private first = 0;
  @state() private viewHeight = 400;
  @state() private rowHeight = 27;
  private readonly scrolled = new ScrolledRows<number>(this);
  /** The order as the keyboard's rules want it; made when a key is pressed. */
  private ids: readonly string[] | undefined;
  private focusWanted = false;
  private hadFocus = false;
  private readonly resized = new ResizeObserver(() => this.measure());

  private get columns(): readonly Column[] {
    const predictors = this.model.record?.predictors ?? [];
    return [...ownColumns, ...predictors.map(({ id, name }) => ({ id, title: name, width: saidWidth }))];
  }

  private get scroller(): HTMLElement {
    return this.renderRoot.querySelector<HTMLElement>('.scroll')!;
  }

  override firstUpdated(): void {
    this.resized.observe(this.scroller);
    this.measure();
  }

  override disconnectedCallback(): void {
    this.resized.disconnect();
    super.disconnectedCallback();
  }

  override willUpdate(changed: PropertyValues): void {
    const active = this.renderRoot instanceof ShadowRoot ? this.renderRoot.activeElement : null;
    this.hadFocus = active?.closest('table') != null;
    if (!changed.has('order')) return;
    this.ids = undefined;
    const { place, order } = this;
    const first = order.length > 0 ? String(order[0]) : undefined;
    if (place.row !== undefined && order.indexOf(Number(place.row)) < 0) this.place = { ...place, row: first };
    if (this.place.row === undefined && active?.closest('thead') == null) this.place = { ...this.place, row: first };
  }

  override updated(changed: PropertyValues): void {
    super.updated(changed);
    // To measure costs a layout, which scrolling has no time for.
    if (changed.has('order') || changed.has('revision')) this.measure();
    const active = this.renderRoot instanceof ShadowRoot ? this.renderRoot.activeElement : null;
    // Rows that come in while it is read may move the row with the focus to another place in the page.
    const lost = this.hadFocus && active === null;
    if (!this.focusWanted && !lost) return;
    const target = this.renderRoot.querySelector<HTMLElement>('[tabindex="0"]');
    target?.focus({ preventScroll: true });
    if (this.focusWanted) target?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    this.focusWanted = false;
  }

  override render(): TemplateResult {
    const { order, columns, place, first, rowHeight, viewHeight } = this;
    const { rows } = this.model;
    const active = place.row === undefined ? -1 : order.indexOf(Number(place.row));
    const table = {
      count: order.length,
      id: (index: number): number => order[index]!,
      cost: ownColumns.length + answerCost * (columns.length - ownColumns.length),
      active,
      first,
      rowHeight,
      viewHeight,
    };
    return html`<div class="scroll" @scroll=${this.follow}>
        <table
          role="grid"
          aria-label="Rows"
          aria-rowcount=${order.length + 1}
          .style=${columnTracks(columns.map(({ width }) => width))}
          @keydown=${this.press}
          @focusin=${this.stand}
          @dblclick=${this.openUnder}
        >
          <thead>
            <tr role="row" aria-rowindex="1">
              ${columns.map((column, index) => this.header(column, index))}
            </tr>
          </thead>
          <tbody>
            ${this.scrolled.body(table, (index, blank) =>
              rows ? this.row(rows, columns, order[index]!, index, blank) : nothing,
            )}
          </tbody>
        </table>
      </div>
      ${rows === undefined || active < 0 ? nothing : this.whole(rows, order[active]!)}
      ${order.length === 0 ? html`<p class="empty muted">${this.emptyWords()}</p>` : nothing}`;
  }

  private emptyWords(): string {
    const { rows, filtered } = this.model;
    if (rows === undefined || rows.known < rows.total) return 'The rows are being read…';
    return filtered ? 'No row is as the filters want it.' : 'There are no rows.';
  }

  private header({ id, title }: Column, index: number): TemplateResult {
    const { sort } = this.model.ui;
    const sorted = sort.column === id;
    const here = this.place.row === undefined && this.place.column === index;
    return html`<th
      role="columnheader"
      scope="col"
      aria-sort=${sorted ? (sort.descending ? 'descending' : 'ascending') : 'none'}
    >
      <button
        tabindex=${here ? 0 : -1}
        data-column=${index}
        title=${index < ownColumns.length ? title : `${title}; sorts by probability`}
        @click=${(): void => this.model.sortBy(id)}
      >
        <span>${title}</span>${sorted ? icon(sort.descending ? 'descending' : 'ascending') : nothing}
      </button>
    </th>`;
  }

  /** A row that was in the page before is made anew only when something in it may have changed: scrolling has no time for more. */
  private row(
    rows: EvaluationRows,
    columns: readonly Column[],
    example: number,
    index: number,
    blank: boolean,
  ): unknown {
    const focused = this.place.row === String(example) ? this.place.column : undefined;
    return guard(
      [example, this.revision, this.order, focused, blank],
      () =>
        html`<tr role="row" aria-rowindex=${index + 2} aria-busy=${blank ? 'true' : nothing} data-id=${example}>
          ${blank ? noChange : columns.map((column, at) => this.cell(rows, example, column, at))}
        </tr>`,
    );
  }

  private cell(rows: EvaluationRows, example: number, { id, width }: Column, at: number): TemplateResult {
    const here = this.place.row === String(example) && this.place.column === at;
    const cut = cutText(textOf(rows, example, id), width, at < ownColumns.length ? 0 : besideAnswer);
    return html`<td role="gridcell" tabindex=${here ? 0 : -1} data-column=${at} class=${cut}>
      ${this.content(rows, example, id)}
    </td>`;
  }

  private content(rows: EvaluationRows, example: number, id: string): TemplateResult | string {
    switch (id) {
      case 'row':
        return html`<button
          class="link"
          tabindex="-1"
          title="Open in the data file"
          @click=${(): void => this.model.openRow(example)}
        >
          ${integer(rows.row[example]!)}
        </button>`;
      case 'input':
      case 'target':
        return textOf(rows, example, id);
      default:
        return said(rows, example, id);
    }
  }

  /** The row's whole text, which the table cuts off. */
  private whole(rows: EvaluationRows, example: number): TemplateResult {
    return html`<div class="whole" tabindex="0" role="region" aria-label=${`Row ${rows.row[example]}`}>
      <p>${rows.inputs[example]}</p>
      <p><span class="muted">Target</span> ${rows.targets[example]}</p>
    </div>`;
  }

  /** The keyboard stands where the focus went, however it got there. */
  private readonly stand = (event: FocusEvent): void => {
    const at = (event.target as HTMLElement).closest<HTMLElement>('[data-column]');
    const column = Number(at?.dataset.column);
    const row = at?.closest('tr')?.dataset.id;
    if (at && (this.place.row !== row || this.place.column !== column)) this.place = { row, column };
  };

  private readonly openUnder = (event: MouseEvent): void => {
    const id = (event.target as HTMLElement).closest('tr')?.dataset.id;
    if (id !== undefined) this.model.openRow(Number(id));
  };

  private readonly press = (event: KeyboardEvent): void => {
    const { place, columns } = this;
    const ids = (this.ids ??= Array.from(this.order, String));
    const page = Math.max(1, Math.floor(this.viewHeight / this.rowHeight) - 2);
    const next = placeAfterKey(event, place, ids, columns.length, page);
    if (next) {
      this.place = next;
      this.focusWanted = true;
    } else if (event.key === 'Enter' && place.row !== undefined) {
      this.model.openRow(Number(place.row));
    } else return;
    event.preventDefault();
  };

  private readonly follow = (): void => {
    const first = Math.floor(this.scroller.scrollTop / this.rowHeight);
    if (first !== this.first) this.scrolled.blanks.scroll();
    this.first = first;
  };

  private measure(): void {
    const { clientHeight } = this.scroller;
    if (clientHeight > 0 && clientHeight !== this.viewHeight) this.viewHeight = clientHeight;
    const height = this.renderRoot.querySelector<HTMLElement>('tbody tr[data-id]')?.getBoundingClientRect().height;
    if (height !== undefined && height > 0 && Math.abs(height - this.rowHeight) > 0.1) this.rowHeight = height;
  }
}

/** What a cell says, in words that may be long. */
function textOf(rows: EvaluationRows, example: number, id: string): string {
  if (id === 'row') return '';
  if (id === 'input') return rows.inputs[example] ?? '';
  if (id === 'target') return rows.targets[example] ?? '';
  return rows.said(id, example) ?? '';
}

/** What a predictor says of a row, with its probability; wrong ones by a sign too, not by colour alone. */
function said(rows: EvaluationRows, example: number, predictor: string): TemplateResult | string {
  const words = rows.said(predictor, example);
  if (words === undefined) return html`<span class="muted">–</span>`;
  const { right, probability } = rows.column(predictor);
  const wrong = right[example] === 0;
  const certainty = probability[example]!;
  return html`<span class=${wrong ? 'said wrong' : 'said'}
    >${wrong ? wordIcon('close', 'wrong') : wordIcon('check', 'right')}<span class="answer">${words}</span>${
      Number.isNaN(certainty) ? nothing : html`<span class="muted">${percent(certainty)}</span>`
    }</span
  >`;
}
