import { LitElement, css, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { sharedStyles } from '../theme/sharedStyles';
import { placeAfterKey } from './gridFocus';
import type { GridPlace } from './gridFocus';
import { numberTableStyles } from './numberTableStyles';

/** One field of a heat table. */
export interface HeatCell {
  readonly text: string;
  /** A second line below it. */
  readonly note?: string;
  /** 0 to 1: how strongly it is coloured. */
  readonly share: number;
  readonly tone: 'good' | 'bad';
  readonly chosen: boolean;
  /** What a screen reader says of it besides its text. */
  readonly spoken: string;
}

/** Where a field stands. */
export interface HeatPlace {
  readonly row: number;
  readonly column: number;
}

/**
 * A table of numbers, coloured by size, as a grid: one tab stop, arrow keys inside. Enter, Space or a click chooses a field, which
 * is told as the event `choose` with its {@link HeatPlace}.
 */
@customElement('heat-table')
export class HeatTable extends LitElement {
  static override styles = [
    sharedStyles,
    numberTableStyles,
    css`
      :host {
        display: block;
      }
      th:not([scope='row']) {
        max-width: 9em;
        overflow: hidden;
        text-overflow: ellipsis;
      }
      td {
        border-inline-start: 1px solid var(--quiet-edge);
        cursor: pointer;
        min-width: 4.5em;
        position: relative;
      }
      td .ground {
        background: var(--vscode-charts-blue);
        inset: 0;
        pointer-events: none;
        position: absolute;
      }
      td .ground.bad {
        background: var(--vscode-charts-red);
      }
      td .words {
        position: relative;
      }
      td small {
        display: block;
        font-size: 0.9em;
      }
      td[aria-selected='true'] {
        box-shadow: inset 0 0 0 2px var(--vscode-focusBorder);
      }
      td:focus-visible {
        outline: 2px solid var(--vscode-focusBorder);
        outline-offset: -2px;
      }
    `,
  ];

  @property() label = '';
  /** What stands over the names of the rows. */
  @property() corner = '';
  @property({ attribute: false }) rows: readonly string[] = [];
  @property({ attribute: false }) columns: readonly string[] = [];
  /** [rows][columns] */
  @property({ attribute: false }) cells: readonly (readonly HeatCell[])[] = [];
  @state() private place: GridPlace = { row: '0', column: 0 };
  private focusWanted = false;

  override willUpdate(): void {
    const row = Math.min(Number(this.place.row ?? 0), Math.max(0, this.rows.length - 1));
    const column = Math.min(this.place.column, Math.max(0, this.columns.length - 1));
    if (String(row) !== this.place.row || column !== this.place.column) this.place = { row: String(row), column };
  }

  override updated(changed: PropertyValues): void {
    super.updated(changed);
    if (!this.focusWanted) return;
    this.focusWanted = false;
    const target = this.renderRoot.querySelector<HTMLElement>('[tabindex="0"]');
    target?.focus();
    target?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  override render(): TemplateResult {
    return html`<div class="scroll">
      <table role="grid" aria-label=${this.label} @keydown=${this.press}>
        <thead>
          <tr role="row">
            <th role="columnheader" scope="col" class="muted">${this.corner}</th>
            ${this.columns.map((name) => html`<th role="columnheader" scope="col" title=${name}>${name}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${this.rows.map(
            (name, row) =>
              html`<tr role="row">
                <th role="rowheader" scope="row" title=${name}>${name}</th>
                ${this.columns.map((_, column) => this.cell(row, column))}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }

  private cell(row: number, column: number): TemplateResult {
    const { text, note, share, tone, chosen, spoken } = this.cells[row]![column]!;
    const here = this.place.row === String(row) && this.place.column === column;
    // A third of the colour at most, so that the number on it stays readable.
    const strength = (0.34 * Math.min(1, Math.max(0, share))).toFixed(3);
    return html`<td
      role="gridcell"
      tabindex=${here ? 0 : -1}
      aria-selected=${chosen ? 'true' : 'false'}
      data-row=${row}
      data-column=${column}
      @click=${(): void => this.choose({ row, column })}
      @focus=${(): void => void (this.place = { row: String(row), column })}
    >
      <span class=${tone === 'bad' ? 'ground bad' : 'ground'} aria-hidden="true" .style=${`opacity: ${strength}`}></span
      ><span class="words">${text}${note === undefined ? nothing : html`<small>${note}</small>`}</span
      ><span class="unseen">${spoken}</span>
    </td>`;
  }

  private choose(place: HeatPlace): void {
    this.dispatchEvent(new CustomEvent<HeatPlace>('choose', { detail: place }));
  }

  private readonly press = (event: KeyboardEvent): void => {
    const ids = this.rows.map((_, index) => String(index));
    const next = placeAfterKey(event, this.place, ids, this.columns.length, ids.length);
    if (next) {
      // There is nothing to do in the header.
      this.place = next.row === undefined ? { ...next, row: '0' } : next;
      this.focusWanted = true;
    } else if (event.key === 'Enter' || event.key === ' ') {
      this.choose({ row: Number(this.place.row), column: this.place.column });
    } else return;
    event.preventDefault();
  };
}
