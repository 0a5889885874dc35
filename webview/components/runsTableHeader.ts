import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { Column } from '../state/columns';
import type { Sort } from '../state/uiState';
import { icon } from './icon';

/** What the header shows besides its columns, and what a press on one of them does. */
export interface HeaderLook {
  readonly sort: Sort;
  /** Columns that stay at the left, by their distance from it in units of the font size. */
  readonly sticky: ReadonlyMap<string, number>;
  /** Index of the column that the keyboard stands in; undefined where it stands in a row. */
  readonly place: number | undefined;
  readonly press: (column: Column, index: number) => void;
}

/** The header of the runs table: one button a column, which sorts by it. */
export function runsTableHeader(columns: readonly Column[], look: HeaderLook): TemplateResult {
  return html`<tr role="row" aria-rowindex="1">
    ${columns.map((column, index) => header(column, index, look))}
  </tr>`;
}

function header(column: Column, index: number, { sort, sticky, place, press }: HeaderLook): TemplateResult {
  const sorted = sort.column === column.id;
  const picture = column.id === 'pin' ? icon('pin') : column.id === 'shown' ? icon('chart') : undefined;
  const left = sticky.get(column.id);
  return html`<th
    role="columnheader"
    scope="col"
    aria-sort=${sorted ? (sort.descending ? 'descending' : 'ascending') : 'none'}
    class=${`${column.numeric === true ? 'numeric' : ''} ${left === undefined ? '' : 'stick'}`}
    .style=${left === undefined ? '' : `left: ${left}em`}
  >
    <button
      tabindex=${place === index ? 0 : -1}
      data-column=${index}
      title=${`Sort by ${column.title.toLowerCase()}`}
      @click=${(): void => press(column, index)}
    >
      ${picture ?? nothing}<span class=${picture ? 'unseen' : 'title'}>${column.title}</span>${
        sorted ? icon(sort.descending ? 'descending' : 'ascending') : nothing
      }
    </button>
  </th>`;
}
