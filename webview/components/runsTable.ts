import { LitElement, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { RunRow } from '../../extension/protocol/runsPanel';
import { longestMark } from '../../extension/protocol/runsPanel';
import type { Column } from '../state/columns';
import { columnById } from '../state/columns';
import type { PanelModel } from '../state/panelModel';
import { runName } from '../state/runFacts';
import { sharedStyles } from '../theme/sharedStyles';
import { ActionsEvent } from './actionsEvent';
import { placeAfterKey } from './gridFocus';
import type { GridPlace } from './gridFocus';
import { gridStyles } from './gridStyles';
import { icon } from './icon';
import { rowWindow } from './rowWindow';
import { tableStyles } from './runsTableStyles';
import { status } from './status';
import { stickyOffsets } from './stickyColumns';
import { swatch } from './swatch';

interface Editing {
  readonly id: string;
  readonly field: 'note' | 'name';
}

type Entry =
  | { readonly key: string; readonly row: undefined; readonly count: number }
  | { readonly key: string; readonly row: RunRow; readonly index: number };

/**
 * All runs as a grid: one tab stop, arrow keys inside; Enter opens the details, Space draws the run in the charts, F2 edits the
 * note or the name, Delete asks to delete. Only the rows in view are in the page.
 */
@customElement('runs-table')
export class RunsTable extends LitElement {
  static override styles = [sharedStyles, gridStyles, tableStyles];

  @property({ attribute: false }) model!: PanelModel;
  @property({ attribute: false }) rows: readonly RunRow[] = [];
  /** Makes the table look again at a model that has changed inside. */
  @property({ attribute: false }) revision = 0;
  @state() private place: GridPlace = { row: undefined, column: 0 };
  @state() private editing: Editing | undefined;
  @state() private scrolled = 0;
  @state() private viewHeight = 0;
  @state() private rowHeight = 26;
  private sticky: ReadonlyMap<string, number> = new Map();
  private focusWanted = false;
  private hadFocus = false;
  /** The order while a cell is edited: rows do not move under the pen. */
  private held: readonly string[] | undefined;
  private readonly resized = new ResizeObserver(() => this.measure());

  /** Ids in the order shown. */
  private get ids(): readonly string[] {
    return this.shownRows.map(({ record }) => record.id);
  }

  private get shownRows(): readonly RunRow[] {
    if (this.held === undefined) return this.rows;
    const byId = new Map(this.rows.map((row) => [row.record.id, row]));
    return this.held.map((id) => byId.get(id)).filter((row) => row !== undefined);
  }

  private get seen(): readonly Column[] {
    return this.model.ui.columns.map(columnById).filter((column) => column !== undefined);
  }

  private stickyStyle(column: Column): string {
    const left = this.sticky.get(column.id);
    return left === undefined ? '' : `left: ${left}em`;
  }

  private get scroller(): HTMLElement {
    return this.renderRoot.querySelector<HTMLElement>('.scroll')!;
  }

  /** Puts the keyboard on a run. */
  focusRun(id: string): void {
    this.place = {
      row: id,
      column: Math.max(
        0,
        this.seen.findIndex((column) => column.id === 'name'),
      ),
    };
    this.focusWanted = true;
  }

  /** Scrolls a run into view without taking the focus. */
  async revealRun(id: string): Promise<void> {
    await this.updateComplete;
    const index = this.ids.indexOf(id);
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
    const column = this.seen.findIndex((each) => each.id === field);
    if (column < 0) return;
    this.held = this.ids;
    this.place = { row: id, column };
    this.editing = { id, field };
    this.focusWanted = true;
  }

  override firstUpdated(): void {
    this.resized.observe(this.scroller);
  }

  override disconnectedCallback(): void {
    this.resized.disconnect();
    super.disconnectedCallback();
  }

  override willUpdate(): void {
    const active = this.renderRoot instanceof ShadowRoot ? this.renderRoot.activeElement : null;
    this.hadFocus = active?.closest('table') != null;
    const columnCount = this.seen.length;
    if (this.place.column >= columnCount) this.place = { ...this.place, column: columnCount - 1 };
    const { ids } = this;
    if (this.place.row !== undefined && !ids.includes(this.place.row)) this.place = { ...this.place, row: ids[0] };
    if (this.place.row === undefined && !this.hadFocus && ids.length > 0) {
      const { selected } = this.model.ui;
      const row = selected !== undefined && ids.includes(selected) ? selected : ids[0];
      this.place = {
        row,
        column: Math.max(
          0,
          this.seen.findIndex((column) => column.id === 'name'),
        ),
      };
    }
  }

  override updated(changed: PropertyValues): void {
    super.updated(changed);
    this.measure();
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
    const { seen, shownRows: rows, place } = this;
    this.sticky = stickyOffsets(seen);
    const width = seen.reduce((sum, column) => sum + column.width, 0);
    const active = place.row === undefined ? -1 : rows.findIndex((row) => row.record.id === place.row);
    return html`<div class="scroll" @scroll=${this.follow}>
      <table
        role="grid"
        aria-label="Runs"
        aria-rowcount=${rows.length + 1}
        aria-colcount=${seen.length}
        .style=${`min-width: ${width}em`}
        @keydown=${this.press}
        @focusin=${this.stand}
        @contextmenu=${this.openActions}
      >
        <colgroup>
          ${seen.map((column) => html`<col .style=${column.id === 'note' ? '' : `width: ${column.width}em`} />`)}
        </colgroup>
        <thead>
          <tr role="row" aria-rowindex="1">
            ${seen.map((column, index) => this.header(column, index))}
          </tr>
        </thead>
        <tbody>
          ${repeat(
            this.entries(rows, active),
            ({ key }) => key,
            (entry) =>
              entry.row === undefined
                ? html`<tr aria-hidden="true" class="gap" .style=${`height: ${entry.count * this.rowHeight}px`}></tr>`
                : this.row(entry.row, entry.index, seen),
          )}
        </tbody>
      </table>
    </div>`;
  }

  /** Rows to be rendered, with gaps in place of the others. `active`: index of the row with the focus. */
  private entries(rows: readonly RunRow[], active: number): readonly Entry[] {
    const stretches = rowWindow(rows.length, this.rowHeight, this.scrolled, this.viewHeight, [active]);
    return stretches.flatMap((stretch, at): readonly Entry[] =>
      stretch.kind === 'gap'
        ? [{ key: `gap ${at}`, row: undefined, count: stretch.count }]
        : rows.slice(stretch.from, stretch.to).map((row, offset) => ({
            key: `run ${row.record.id}`,
            row,
            index: stretch.from + offset,
          })),
    );
  }

  private header(column: Column, index: number): TemplateResult {
    const { sort } = this.model.ui;
    const sorted = sort.column === column.id;
    const compact = column.id === 'shown' || column.id === 'pin';
    const tab = this.place.row === undefined && this.place.column === index ? 0 : -1;
    return html`<th
      role="columnheader"
      scope="col"
      aria-sort=${sorted ? (sort.descending ? 'descending' : 'ascending') : 'none'}
      class=${`${column.numeric === true ? 'numeric' : ''} ${this.sticky.has(column.id) ? 'stick' : ''}`}
      .style=${this.stickyStyle(column)}
    >
      <button
        tabindex=${tab}
        data-column=${index}
        title=${`Sort by ${column.title.toLowerCase()}`}
        @click=${(): void => {
          this.place = { row: undefined, column: index };
          this.model.sortBy(column.id);
        }}
      >
        ${column.id === 'pin' ? icon('pin') : nothing}${compact && column.id === 'shown' ? icon('chart') : nothing}<span
          class=${compact ? 'unseen' : 'title'}
          >${column.title}</span
        >${sorted ? icon(sort.descending ? 'descending' : 'ascending') : nothing}
      </button>
    </th>`;
  }

  private row(row: RunRow, index: number, seen: readonly Column[]): TemplateResult {
    const { id } = row.record;
    const selected = this.model.ui.selected === id;
    return html`<tr
      role="row"
      aria-rowindex=${index + 2}
      aria-selected=${selected ? 'true' : 'false'}
      data-id=${id}
      class=${row.marks.pinned === true ? 'pinned' : ''}
    >
      ${seen.map((column, at) => this.cell(row, column, at))}
    </tr>`;
  }

  private cell(row: RunRow, column: Column, at: number): TemplateResult {
    const { id } = row.record;
    const tab = this.place.row === id && this.place.column === at ? 0 : -1;
    const click = (): void => {
      this.place = { row: id, column: at };
      this.focusWanted = true;
      this.model.select(id);
    };
    if (column.id === 'shown') return this.shownCell(row, column, at, tab);
    if (column.id === 'pin') return this.pinCell(row, column, at, tab);
    if (this.editing?.id === id && this.editing.field === column.id)
      return this.editCell(row, column, this.editing, at);
    const tooltip = column.tooltip?.(row);
    const editable = column.id === 'note' || column.id === 'name';
    return html`<td
      role="gridcell"
      tabindex=${tab}
      data-column=${at}
      class=${`${column.numeric === true ? 'numeric' : ''} ${this.sticky.has(column.id) ? 'stick' : ''} cell-${column.id}`}
      .style=${this.stickyStyle(column)}
      title=${tooltip === undefined || tooltip === '' ? nothing : tooltip}
      @click=${click}
      @dblclick=${editable ? (): void => this.edit(id, column.id === 'note' ? 'note' : 'name') : nothing}
    >
      ${column.id === 'status' ? status(row) : column.text(row)}
    </td>`;
  }

  private shownCell(row: RunRow, column: Column, at: number, tab: number): TemplateResult {
    const { id } = row.record;
    const checked = this.model.ui.shown?.includes(id) === true;
    return html`<td role="gridcell" class="cell-shown stick" .style=${this.stickyStyle(column)}>
      <label
        ><input
          type="checkbox"
          tabindex=${tab}
          data-column=${at}
          .checked=${checked}
          aria-label=${`Show ${runName(row)} in the charts`}
          @change=${(): void => this.model.toggleShown(id)}
        />${checked ? swatch(row.colour) : nothing}</label
      >
    </td>`;
  }

  private pinCell(row: RunRow, column: Column, at: number, tab: number): TemplateResult {
    const pinned = row.marks.pinned === true;
    return html`<td
      role="gridcell"
      class=${`cell-pin ${this.sticky.has('pin') ? 'stick' : ''}`}
      .style=${this.stickyStyle(column)}
    >
      <button
        class="icon"
        tabindex=${tab}
        data-column=${at}
        aria-pressed=${pinned ? 'true' : 'false'}
        aria-label=${`Pin ${runName(row)}`}
        title=${pinned ? 'Unpin' : 'Pin to the top'}
        @click=${(): void => this.model.pin(row)}
      >
        ${icon(pinned ? 'pinned' : 'pin')}
      </button>
    </td>`;
  }

  private editCell(row: RunRow, column: Column, { id, field }: Editing, at: number): TemplateResult {
    const end = (save: boolean, event: Event): void => {
      if (this.editing === undefined) return;
      const text = (event.target as HTMLInputElement).value.trim();
      const before = field === 'note' ? (row.marks.note ?? '') : runName(row);
      this.editing = undefined;
      this.held = undefined;
      if (save && text !== before) this.model.mark(id, field, text);
    };
    return html`<td
      role="gridcell"
      class=${`editing ${this.sticky.has(column.id) ? 'stick' : ''}`}
      .style=${this.stickyStyle(column)}
    >
      <input
        class="edit"
        data-column=${at}
        maxlength=${longestMark}
        aria-label=${`${field === 'note' ? 'Note on' : 'Name of'} ${runName(row)}`}
        .value=${field === 'note' ? (row.marks.note ?? '') : runName(row)}
        @blur=${(event: Event): void => end(true, event)}
        @keydown=${(event: KeyboardEvent): void => {
          event.stopPropagation();
          if (event.key !== 'Enter' && event.key !== 'Escape') return;
          event.preventDefault();
          this.focusWanted = true;
          end(event.key === 'Enter', event);
        }}
      />
    </td>`;
  }

  /** The keyboard stands where the focus went, however it got there. */
  private readonly stand = (event: FocusEvent): void => {
    const target = event.target as HTMLElement;
    const column = Number(target.dataset.column);
    const row = target.closest('tr')?.dataset.id;
    if (!Number.isNaN(column) && (this.place.row !== row || this.place.column !== column)) this.place = { row, column };
  };

  private readonly press = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor(this.viewHeight / this.rowHeight) - 2);
    const next = placeAfterKey(event, this.place, this.ids, this.seen.length, page);
    if (next !== undefined) {
      this.place = next;
      this.focusWanted = true;
      event.preventDefault();
      return;
    }
    const row = this.rows.find(({ record }) => record.id === this.place.row);
    if (row === undefined) return;
    const column = this.seen[this.place.column]?.id;
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
    const id = target.closest('tr')?.dataset.id;
    const row = this.rows.find(({ record }) => record.id === id);
    if (row === undefined || target instanceof HTMLInputElement) return;
    event.preventDefault();
    const box = target.getBoundingClientRect();
    // A key has no place on the page: the browser gives the element's own, or zero.
    const at = event.button === 2 ? { x: event.clientX, y: event.clientY } : { x: box.left + 8, y: box.bottom };
    const focus = target.closest<HTMLElement>('[tabindex]') ?? target;
    this.dispatchEvent(new ActionsEvent(row, at, focus));
  };

  private readonly follow = (): void => {
    this.scrolled = this.scroller.scrollTop;
  };

  private measure(): void {
    const { clientHeight } = this.scroller;
    if (clientHeight !== this.viewHeight) this.viewHeight = clientHeight;
    const height = this.renderRoot.querySelector<HTMLElement>('tbody tr[data-id]')?.getBoundingClientRect().height;
    if (height !== undefined && height > 0 && Math.abs(height - this.rowHeight) > 0.1) this.rowHeight = height;
  }
}
