import { html, noChange, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import type { RunRow } from '../../extension/protocol/runsPanel';
import { longestMark } from '../../extension/protocol/runsPanel';
import type { Column } from '../state/columns';
import { runName } from '../state/runFacts';
import { cutText } from './cutText';
import { icon } from './icon';
import { status } from './status';
import { swatch } from './swatch';

/** Of a status, with the gap to its word, in units of the font size. */
const iconWidth = 1.7;

/** What a row shows besides its run. */
export interface RowLook {
  readonly columns: readonly Column[];
  /** Columns that stay at the left. */
  readonly sticky: ReadonlyMap<string, number>;
  readonly selected: boolean;
  /** Drawn in the charts. */
  readonly shown: boolean;
  /** Index of the column that the keyboard stands in; undefined where it stands in another row. */
  readonly place: number | undefined;
  readonly editing: Editing | undefined;
  /** Its cells are not shown yet, and not made either: what its elements hold is of an earlier row. */
  readonly blank: boolean;
}

/** A cell that is being edited; `end` is called once the pen is put down. */
export interface Editing {
  readonly field: 'note' | 'name';
  readonly end: (text: string | undefined, byKey: boolean) => void;
}

/**
 * A row of the runs table. It is made anew only when it looks different, and no cell has a listener of its own: scrolling has no time
 * for more. What is done in a cell is heard by the table.
 */
export function runsTableRow(row: RunRow, index: number, look: RowLook): unknown {
  const { columns, selected, shown, place, editing, blank } = look;
  return guard(
    [row, index, columns, selected, shown, place, editing, blank],
    () =>
      html`<tr
        role="row"
        aria-rowindex=${index + 2}
        aria-busy=${blank ? 'true' : nothing}
        aria-selected=${selected ? 'true' : 'false'}
        data-id=${row.record.id}
        class=${row.marks.pinned === true ? 'pinned' : ''}
      >
        ${blank ? noChange : columns.map((column, at) => cell(row, column, at, look))}
      </tr>`,
  );
}

function cell(row: RunRow, column: Column, at: number, look: RowLook): TemplateResult {
  const { id } = column;
  const tab = look.place === at ? 0 : -1;
  const stick = look.sticky.has(id) ? 'stick' : '';
  if (id === 'shown') return shownCell(row, at, tab, look.shown);
  if (id === 'pin') return pinCell(row, at, tab, stick);
  if (look.editing?.field === id) return editCell(row, look.editing, at, stick);
  const tooltip = column.tooltip?.(row);
  const text = column.text(row);
  const cut = cutText(text, column.width, id === 'status' ? iconWidth : 0);
  return html`<td
    role="gridcell"
    tabindex=${tab}
    data-column=${at}
    class=${`${column.numeric === true ? 'numeric' : ''} ${stick} ${cut} cell-${id}`}
    title=${tooltip === undefined || tooltip === '' ? nothing : tooltip}
  >
    ${id === 'status' ? status(row) : text}
  </td>`;
}

function shownCell(row: RunRow, at: number, tab: number, shown: boolean): TemplateResult {
  return html`<td role="gridcell" class="cell-shown stick">
    <label
      ><input
        type="checkbox"
        tabindex=${tab}
        data-column=${at}
        .checked=${shown}
        aria-label=${`Show ${runName(row)} in the charts`}
      />${shown ? swatch(row.colour) : nothing}</label
    >
  </td>`;
}

function pinCell(row: RunRow, at: number, tab: number, stick: string): TemplateResult {
  const pinned = row.marks.pinned === true;
  return html`<td role="gridcell" class=${`cell-pin ${stick}`}>
    <button
      class="icon"
      tabindex=${tab}
      data-column=${at}
      aria-pressed=${pinned ? 'true' : 'false'}
      aria-label=${`Pin ${runName(row)}`}
      title=${pinned ? 'Unpin' : 'Pin to the top'}
    >
      ${icon(pinned ? 'pinned' : 'pin')}
    </button>
  </td>`;
}

function editCell(row: RunRow, { field, end }: Editing, at: number, stick: string): TemplateResult {
  const name = runName(row);
  const before = field === 'note' ? (row.marks.note ?? '') : name;
  const close = (save: boolean, event: Event, byKey: boolean): void => {
    const text = (event.target as HTMLInputElement).value.trim();
    end(save && text !== before ? text : undefined, byKey);
  };
  return html`<td role="gridcell" class=${`editing ${stick} edit-${field}`}>
    <input
      class="edit"
      data-column=${at}
      maxlength=${longestMark}
      aria-label=${`${field === 'note' ? 'Note on' : 'Name of'} ${name}`}
      .value=${before}
      @blur=${(event: Event): void => close(true, event, false)}
      @keydown=${(event: KeyboardEvent): void => {
        event.stopPropagation();
        if (event.key !== 'Enter' && event.key !== 'Escape') return;
        event.preventDefault();
        close(event.key === 'Enter', event, true);
      }}
    />
  </td>`;
}
