import { LitElement, html } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { RunRow } from '../../extension/protocol/runsPanel';
import type { Column } from '../state/columns';
import { columnById } from '../state/columns';
import type { PanelModel } from '../state/panelModel';
import { sharedStyles } from '../theme/sharedStyles';
import { ActionsEvent } from './actionsEvent';
import { columnTracks } from './columnTracks';
import { placeAfterKey } from './gridFocus';
import type { GridPlace } from './gridFocus';
import { gridStyles } from './gridStyles';
import { rowGridStyles } from './rowGridStyles';
import { runsTableHeader } from './runsTableHeader';
import { runsTableRow } from './runsTableRow';
import type { Editing } from './runsTableRow';
import { tableStyles } from './runsTableStyles';
import { ScrolledRows } from './scrolledRows';
import { shownOrder } from './shownOrder';
import type { ShownOrder } from './shownOrder';
import { stickyOffsets } from './stickyColumns';

/**
 * All runs as a grid: one tab stop, arrow keys inside; Enter opens the details, Space draws the run in the charts, F2 edits the
 * note or the name, Delete asks to delete. Only the rows in view are in the page.
 */
@customElement('runs-table')
export class RunsTable extends LitElement {
  static override styles = [sharedStyles, gridStyles, rowGridStyles, tableStyles];

  @property({ attribute: false }) model!: PanelModel;
  @property({ attribute: false }) rows: readonly RunRow[] = [];
  /** Makes the table look again at a model that has changed inside. */
  @property({ attribute: false }) revision = 0;
  @state() private place: GridPlace = { row: undefined, column: 0 };
  @state() private editing: (Editing & { readonly id: string }) | undefined;
  /** First row in view. */
  @state() private first = 0;
  /** Whether the table is scrolled to the side, where columns have to stick: each cell that does is a layer of its own. */
  @state() private aside = false;
  @state() private viewHeight = 0;
  @state() private rowHeight = 26;
  private columns: readonly Column[] = [];
  private sticky: ReadonlyMap<string, number> = new Map();
  private columnIds: readonly string[] = [];
  private order: ShownOrder = shownOrder([]);
  /** The order while a cell is edited: rows do not move under the pen. */
  private held: readonly string[] | undefined;
  private readonly scrolled = new ScrolledRows<string>(this);
  private focusWanted = false;
  private hadFocus = false;
  private readonly resized = new ResizeObserver(() => this.measure());

  private get nameColumn(): number {
    return Math.max(
      0,
      this.columns.findIndex(({ id }) => id === 'name'),
    );
  }

  private get scroller(): HTMLElement {
    return this.renderRoot.querySelector<HTMLElement>('.scroll')!;
  }

  /** Puts the keyboard on a run. */
  focusRun(id: string): void {
    this.place = { row: id, column: this.nameColumn };
    this.focusWanted = true;
  }

  /** Scrolls a run into view without taking the focus. */
  async revealRun(id: string): Promise<void> {
    await this.updateComplete;
    const index = this.order.indexOf(id);
    if (index < 0) return;
    const top = index * this.rowHeight;
    const { scroller } = this;
    const view = scroller.clientHeight - this.rowHeight;
    if (top < scroller.scrollTop || top + this.rowHeight > scroller.scrollTop + view) {
      scroller.scrollTop = Math.max(0, top - view / 2);
    }
  }

  /** Begins to edit a run's note or name, for which its column has to be seen. */
  edit(id: string, field: 'note' | 'name'): void {
    const column = this.columns.findIndex((each) => each.id === field);
    if (column < 0) return;
    this.held = this.order.ids;
    this.place = { row: id, column };
    this.editing = { id, field, end: (text, byKey) => this.endEdit(id, field, text, byKey) };
    this.focusWanted = true;
  }

  private endEdit(id: string, field: 'note' | 'name', text: string | undefined, byKey: boolean): void {
    // The input also loses the focus when it goes.
    if (this.editing === undefined) return;
    this.focusWanted ||= byKey;
    this.editing = undefined;
    this.held = undefined;
    if (text !== undefined) this.model.mark(id, field, text);
  }

  override firstUpdated(): void {
    this.resized.observe(this.scroller);
    // As high as the font is large, as the rows are.
    this.resized.observe(this.renderRoot.querySelector('thead')!);
  }

  override disconnectedCallback(): void {
    this.resized.disconnect();
    super.disconnectedCallback();
  }

  override willUpdate(changed: PropertyValues): void {
    const active = this.renderRoot instanceof ShadowRoot ? this.renderRoot.activeElement : null;
    this.hadFocus = active?.closest('table') != null;
    const { columns, selected } = this.model.ui;
    if (columns !== this.columnIds) {
      this.columnIds = columns;
      this.columns = columns.map(columnById).filter((column) => column !== undefined);
      this.sticky = stickyOffsets(this.columns);
    }
    // Scrolling has no time to go through all runs.
    if (changed.has('rows') || changed.has('editing')) this.order = shownOrder(this.rows, this.held);
    const { ids, indexOf } = this.order;
    const count = this.columns.length;
    if (this.place.column >= count) this.place = { ...this.place, column: count - 1 };
    if (this.place.row !== undefined && indexOf(this.place.row) < 0) this.place = { ...this.place, row: ids[0] };
    if (this.place.row === undefined && !this.hadFocus && ids.length > 0) {
      this.place = { row: indexOf(selected) < 0 ? ids[0] : selected, column: this.nameColumn };
    }
  }

  override updated(changed: PropertyValues): void {
    super.updated(changed);
    const active = this.renderRoot instanceof ShadowRoot ? this.renderRoot.activeElement : null;
    const lost = this.hadFocus && active === null && document.hasFocus();
    if (!this.focusWanted && !lost) return;
    const moved = this.focusWanted;
    this.focusWanted = false;
    const target = this.renderRoot.querySelector<HTMLElement>(this.editing ? 'input.edit' : '[tabindex="0"]');
    target?.focus({ preventScroll: !moved });
    if (target instanceof HTMLInputElement && this.editing !== undefined) target.select();
    if (moved) target?.closest('td, th')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  override render(): TemplateResult {
    const { columns, sticky, order, place, model } = this;
    const widths = columns.map(({ width }) => width);
    const note = columns.findIndex(({ id }) => id === 'note');
    const lefts = [...sticky].map(([id, left]) => `--${id}-left: ${left}em;`);
    return html`<div class="scroll" @scroll=${this.follow}>
      <table
        role="grid"
        aria-label="Runs"
        aria-rowcount=${order.rows.length + 1}
        aria-colcount=${columns.length}
        class=${this.aside ? 'aside' : ''}
        .style=${columnTracks(widths, note) + lefts.join('')}
        @click=${this.choose}
        @dblclick=${this.editUnder}
        @change=${this.check}
        @keydown=${this.press}
        @focusin=${this.stand}
        @contextmenu=${this.openActions}
      >
        <thead>
          ${runsTableHeader(columns, {
            sort: model.ui.sort,
            sticky,
            place: place.row === undefined ? place.column : undefined,
            press: (column, index) => {
              this.place = { row: undefined, column: index };
              model.sortBy(column.id);
            },
          })}
        </thead>
        <tbody>
          ${this.body()}
        </tbody>
      </table>
    </div>`;
  }

  private body(): unknown {
    const { columns, sticky, place, model, editing, first, rowHeight, viewHeight } = this;
    const { rows, indexOf } = this.order;
    const shown = new Set(model.ui.shown);
    const table = {
      count: rows.length,
      id: (index: number): string => rows[index]!.record.id,
      cost: columns.length,
      active: indexOf(place.row),
      first,
      rowHeight,
      viewHeight,
    };
    return this.scrolled.body(table, (index, blank) => {
      const row = rows[index]!;
      const { id } = row.record;
      return runsTableRow(row, index, {
        columns,
        sticky,
        selected: model.ui.selected === id,
        shown: shown.has(id),
        place: place.row === id ? place.column : undefined,
        editing: editing?.id === id ? editing : undefined,
        blank,
      });
    });
  }

  /** The run whose row something happened in. */
  private rowOf(event: Event): RunRow | undefined {
    const id = (event.target as HTMLElement).closest('tr')?.dataset.id;
    return this.order.rows[this.order.indexOf(id)];
  }

  private readonly choose = (event: MouseEvent): void => {
    const row = this.rowOf(event);
    if (row === undefined) return;
    const target = event.target as HTMLElement;
    if (target.closest('.cell-pin button')) this.model.pin(row);
    const column = target.closest<HTMLElement>('td[data-column]')?.dataset.column;
    if (column === undefined) return;
    this.place = { row: row.record.id, column: Number(column) };
    this.focusWanted = true;
    this.model.select(row.record.id);
  };

  private readonly editUnder = (event: MouseEvent): void => {
    const row = this.rowOf(event);
    const target = event.target as HTMLElement;
    const field = target.closest('.cell-name') ? 'name' : target.closest('.cell-note') ? 'note' : undefined;
    if (row && field) this.edit(row.record.id, field);
  };

  private readonly check = (event: Event): void => {
    const row = this.rowOf(event);
    if (row && (event.target as HTMLInputElement).type === 'checkbox') this.model.toggleShown(row.record.id);
  };

  /** The keyboard stands where the focus went, however it got there. */
  private readonly stand = (event: FocusEvent): void => {
    const target = event.target as HTMLElement;
    const column = Number(target.dataset.column);
    const row = target.closest('tr')?.dataset.id;
    if (!Number.isNaN(column) && (this.place.row !== row || this.place.column !== column)) this.place = { row, column };
  };

  private readonly press = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor(this.viewHeight / this.rowHeight) - 2);
    const next = placeAfterKey(event, this.place, this.order.ids, this.columns.length, page);
    if (next !== undefined) {
      this.place = next;
      this.focusWanted = true;
      event.preventDefault();
      return;
    }
    const row = this.order.rows[this.order.indexOf(this.place.row)];
    if (row === undefined) return;
    const column = this.columns[this.place.column]?.id;
    const onControl = event.target instanceof HTMLButtonElement || event.target instanceof HTMLInputElement;
    const { id } = row.record;
    if (event.key === 'F2') this.edit(id, column === 'name' ? 'name' : 'note');
    else if (event.key === 'Delete') this.model.command('delete', row);
    else if (event.key === 'Enter' && column === 'note') this.edit(id, 'note');
    else if (event.key === 'Enter' && column !== 'pin') this.model.select(id);
    else if (event.key === ' ' && !onControl) this.model.toggleShown(id);
    else return;
    event.preventDefault();
  };

  private readonly openActions = (event: MouseEvent): void => {
    const target = event.target as HTMLElement;
    const row = this.rowOf(event);
    if (row === undefined || target instanceof HTMLInputElement) return;
    event.preventDefault();
    const box = target.getBoundingClientRect();
    // A key has no place on the page: the browser gives the element's own, or zero.
    const at = event.button === 2 ? { x: event.clientX, y: event.clientY } : { x: box.left + 8, y: box.bottom };
    const focus = target.closest<HTMLElement>('[tabindex]') ?? target;
    this.dispatchEvent(new ActionsEvent(row, at, focus));
  };

  private readonly follow = (): void => {
    const { scrollTop, scrollLeft } = this.scroller;
    const first = Math.floor(scrollTop / this.rowHeight);
    if (first !== this.first) this.scrolled.blanks.scroll();
    this.first = first;
    this.aside = scrollLeft > 0;
  };

  private measure(): void {
    this.viewHeight = this.scroller.clientHeight;
    const row = this.renderRoot.querySelector('tbody tr[data-id]');
    if (row) this.rowHeight = row.getBoundingClientRect().height || this.rowHeight;
  }
}
