import { LitElement, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { TokenNeighbour } from '../../extension/protocol/inspection';
import type { Highlight, InspectModel } from '../state/inspectModel';
import { decimal, integer } from '../state/format';
import { tokenColumns } from '../state/tokenRows';
import type { TokenColumn, TokenRow } from '../state/tokenRows';
import { visibleText } from '../state/visibleText';
import { sharedStyles } from '../theme/sharedStyles';
import { placeAfterKey } from './gridFocus';
import type { GridPlace } from './gridFocus';
import { gridStyles } from './gridStyles';
import { icon } from './icon';
import { rowWindow } from './rowWindow';
import { rowsInView } from './rowsInView';
import { neighbourColumn, tokenTableRow } from './tokenTableRow';
import { chipStyles, tokenTableStyles } from './tokenTableStyles';

interface Hint {
  readonly text: string;
  readonly left: number;
  readonly top: number;
}

/**
 * The virtual tokens as a grid: one tab stop, arrow keys inside, each neighbour a place of its own. Enter on a neighbour lights
 * it up everywhere, elsewhere it selects the row alone; Space adds to the selection, Ctrl+A takes all.
 */
@customElement('token-table')
export class TokenTable extends LitElement {
  static override styles = [sharedStyles, chipStyles, gridStyles, tokenTableStyles];

  @property({ attribute: false }) model!: InspectModel;
  @property({ attribute: false }) rows: readonly TokenRow[] = [];
  /** Makes the table look again at a model that has changed inside. */
  @property({ attribute: false }) revision = 0;
  @state() private place: GridPlace = { row: undefined, column: 0 };
  @state() private hint: Hint | undefined;
  @state() private scrolled = 0;
  @state() private viewHeight = 600;
  @state() private rowHeight = 29;
  private focusWanted = false;
  private readonly resized = new ResizeObserver(() => this.measure());

  private get ids(): readonly string[] {
    return this.rows.map(({ token }) => String(token.position));
  }

  /** Places of the keyboard in a row: one a column, and one a neighbour. */
  private get places(): number {
    const most = Math.max(1, ...this.rows.map(({ token }) => token.neighbours.length));
    return tokenColumns.length - 1 + most;
  }

  private get scroller(): HTMLElement {
    return this.renderRoot.querySelector<HTMLElement>('.scroll')!;
  }

  /** Brings a virtual token into view without taking the focus. */
  async reveal(position: number): Promise<void> {
    await this.updateComplete;
    const index = this.ids.indexOf(String(position));
    if (index < 0) return;
    const top = index * this.rowHeight;
    const view = this.scroller.clientHeight - 2 * this.rowHeight;
    if (top < this.scroller.scrollTop || top > this.scroller.scrollTop + view) {
      this.scroller.scrollTop = Math.max(0, top - view / 2);
    }
  }

  override firstUpdated(): void {
    // Called back once the page has been laid out: asking for a size before would lay it out once more.
    this.resized.observe(this.scroller);
  }

  override disconnectedCallback(): void {
    this.resized.disconnect();
    super.disconnectedCallback();
  }

  override willUpdate(): void {
    const { ids } = this;
    if (this.place.row !== undefined && !ids.includes(this.place.row)) this.place = { ...this.place, row: ids[0] };
    const active = this.renderRoot instanceof ShadowRoot ? this.renderRoot.activeElement : null;
    if (this.place.row === undefined && active?.closest('thead') == null) this.place = { ...this.place, row: ids[0] };
  }

  override updated(changed: PropertyValues): void {
    super.updated(changed);
    if (!this.focusWanted) return;
    this.focusWanted = false;
    const target =
      this.renderRoot.querySelector<HTMLElement>('[tabindex="0"]') ??
      this.renderRoot.querySelector<HTMLElement>(`tr[data-id="${this.place.row ?? ''}"] .chip:last-of-type`);
    target?.focus();
    target?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  override render(): TemplateResult {
    const { rows, place } = this;
    const { highlight } = this.model;
    const active = place.row === undefined ? -1 : rows.findIndex(({ token }) => String(token.position) === place.row);
    const stretches = rowWindow(rows.length, this.rowHeight, this.scrolled, this.viewHeight, [active]);
    const effects = this.model.measured?.tokens.map(({ masked }) => masked.loss) ?? [];
    const effectRange: [number, number] = [Math.min(0, ...effects), Math.max(0, ...effects)];
    return html`<div class="scroll" @scroll=${this.follow}>
        <table
          role="grid"
          aria-label="Virtual tokens"
          aria-multiselectable="true"
          aria-rowcount=${rows.length + 1}
          @keydown=${this.press}
          @focusin=${this.stand}
          @focusout=${this.unsay}
          @pointerover=${(event: Event): void => this.tell(event.target as HTMLElement)}
          @pointerout=${this.unsay}
        >
          <colgroup>
            ${tokenColumns.map(({ id }) => html`<col class="column-${id}" />`)}
          </colgroup>
          <thead>
            <tr role="row" aria-rowindex="1">
              ${tokenColumns.map((column, index) => this.header(column, index))}
            </tr>
          </thead>
          <tbody>
            ${rowsInView(
              stretches,
              this.rowHeight,
              (index) => rows[index]!.token.position,
              (index) => this.row(rows[index]!, index, highlight, effectRange),
            )}
          </tbody>
        </table>
      </div>
      ${
        this.hint === undefined
          ? nothing
          : html`<div class="hint" aria-hidden="true" .style=${`left: ${this.hint.left}px; top: ${this.hint.top}px`}>
              ${this.hint.text}
            </div>`
      }`;
  }

  private header(column: TokenColumn, index: number): TemplateResult {
    const { sort } = this.model.ui;
    const sorted = sort.column === column.id;
    const place = this.placeOf(index);
    const tab = this.place.row === undefined && this.columnAt(this.place.column) === index ? 0 : -1;
    return html`<th
      role="columnheader"
      scope="col"
      aria-sort=${sorted ? (sort.descending ? 'descending' : 'ascending') : 'none'}
    >
      <button
        tabindex=${tab}
        data-place=${place}
        title=${column.meaning}
        @click=${(): void => this.model.sortBy(column.id)}
      >
        ${column.title}${sorted ? icon(sort.descending ? 'descending' : 'ascending') : nothing}
      </button>
    </th>`;
  }

  private row(
    row: TokenRow,
    index: number,
    highlight: Highlight,
    effectRange: readonly [number, number],
  ): TemplateResult {
    const { place, model } = this;
    const { position } = row.token;
    const { inspection, measured } = model;
    return tokenTableRow(row, index, {
      place: place.row === String(position) ? place.column : undefined,
      placeOf: (column) => this.placeOf(column),
      selected: model.ui.selected.includes(position),
      lit: highlight.positions.has(position),
      litIds: highlight.ids,
      pressedId: model.tokenId,
      norms: inspection?.vocabularyNorms,
      effectRange,
      metric: measured?.metric,
      choose: (event) => this.choose(event, position),
    });
  }

  /** Place of the keyboard that a column begins at. */
  private placeOf(column: number): number {
    const neighbours = this.places - tokenColumns.length + 1;
    return column <= neighbourColumn ? column : column + neighbours - 1;
  }

  private columnAt(place: number): number {
    const neighbours = this.places - tokenColumns.length + 1;
    if (place < neighbourColumn) return place;
    return place < neighbourColumn + neighbours ? neighbourColumn : place - neighbours + 1;
  }

  /** The nearest token that a chip stands for; undefined for anything that is none. */
  private neighbourOf(chip: HTMLElement): TokenNeighbour | undefined {
    const { rank } = chip.dataset;
    const position = chip.closest('tr')?.dataset.id;
    const row = this.rows.find(({ token }) => String(token.position) === position);
    return rank === undefined ? undefined : row?.token.neighbours[Number(rank)];
  }

  /** Says under a chip how near its token is. */
  private tell(chip: HTMLElement): void {
    const near = this.neighbourOf(chip);
    if (near === undefined) return;
    const { text, id, cosine, distance } = near;
    const { left, bottom } = chip.getBoundingClientRect();
    this.hint = {
      text: `${visibleText(text)}  cosine ${cosine.toFixed(4)}, distance ${decimal(distance)}, token ${integer(id)}`,
      left: Math.min(left, window.innerWidth - 330),
      top: bottom + 30 > window.innerHeight ? bottom - 52 : bottom + 3,
    };
  }

  private readonly unsay = (): void => {
    this.hint = undefined;
  };

  private choose(event: MouseEvent, position: number): void {
    const near = this.neighbourOf(event.target as HTMLElement);
    if (near !== undefined) {
      this.model.lightToken(near.id);
      return;
    }
    if (event.shiftKey) {
      const anchor = this.model.ui.selected.at(-1) ?? position;
      const { ids } = this;
      const [from, to] = [ids.indexOf(String(anchor)), ids.indexOf(String(position))].toSorted((a, b) => a - b);
      this.model.selectAll(ids.slice(from, to! + 1).map(Number));
    } else this.model.select(position, event.ctrlKey || event.metaKey);
  }

  /** The keyboard stands where the focus went, however it got there. */
  private readonly stand = (event: FocusEvent): void => {
    const target = event.target as HTMLElement;
    this.tell(target);
    const column = Number(target.dataset.place);
    const row = target.closest('tr')?.dataset.id;
    if (!Number.isNaN(column) && (this.place.row !== row || this.place.column !== column)) this.place = { row, column };
  };

  private readonly press = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor(this.viewHeight / this.rowHeight) - 2);
    const next = placeAfterKey(event, this.place, this.ids, this.places, page);
    if (next !== undefined) {
      const extending = event.shiftKey && next.row !== undefined;
      this.place = next;
      this.focusWanted = true;
      if (extending) this.model.selectAll([...new Set([...this.model.ui.selected, Number(this.place.row)])]);
      event.preventDefault();
      return;
    }
    const { row } = this.place;
    if (event.key === 'a' && (event.ctrlKey || event.metaKey)) this.model.selectAll(this.ids.map(Number));
    else if (event.key === 'Escape') this.model.selectAll([]);
    else if (row !== undefined && event.key === ' ') this.model.select(Number(row), true);
    else if (row !== undefined && event.key === 'Enter' && !(event.target instanceof HTMLButtonElement))
      this.model.select(Number(row), false);
    else return;
    event.preventDefault();
  };

  private readonly follow = (): void => {
    this.scrolled = this.scroller.scrollTop;
    this.hint = undefined;
  };

  private measure(): void {
    const { clientHeight } = this.scroller;
    if (clientHeight > 0 && clientHeight !== this.viewHeight) this.viewHeight = clientHeight;
    const height = this.renderRoot.querySelector<HTMLElement>('tbody tr[data-id]')?.getBoundingClientRect().height;
    if (height !== undefined && height > 0 && Math.abs(height - this.rowHeight) > 0.1) this.rowHeight = height;
  }
}
