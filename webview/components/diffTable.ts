import { LitElement, css, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { TokenChange, TokenDifference, TokenNeighbour } from '../../extension/protocol/inspection';
import type { DiffModel } from '../state/diffModel';
import { decimal } from '../state/format';
import { spokenText, visibleText } from '../state/visibleText';
import { sharedStyles } from '../theme/sharedStyles';
import { bar } from './bar';
import { placeAfterKey } from './gridFocus';
import type { GridPlace } from './gridFocus';
import { gridStyles } from './gridStyles';
import { rowWindow } from './rowWindow';
import { rowsInView } from './rowsInView';
import { chipStyles, tokenTableStyles } from './tokenTableStyles';

export const changeWords: Readonly<Record<TokenChange, string>> = {
  unchanged: 'unchanged',
  changed: 'changed',
  moved: 'moved',
  removed: 'only in A',
  added: 'only in B',
};

const columns = [
  { id: 'position', title: 'A → B' },
  { id: 'change', title: 'Change' },
  { id: 'cosine', title: 'Cosine' },
  { id: 'distance', title: 'Distance' },
  { id: 'neighbours', title: 'Nearest tokens: left, stayed, came' },
  { id: 'norms', title: 'Norm' },
] as const;

/** Positions of both prompts side by side as a grid: one tab stop, arrow keys inside, Enter marks the pair in the heat map. */
@customElement('diff-table')
export class DiffTable extends LitElement {
  static override styles = [
    sharedStyles,
    chipStyles,
    gridStyles,
    tokenTableStyles,
    css`
      .column-position {
        width: 6em;
      }
      .column-change {
        width: 7em;
      }
      .column-cosine {
        width: 9em;
      }
      .column-distance {
        width: 6.6em;
      }
      .column-norms {
        width: 10em;
      }
      th {
        font-weight: 600;
        padding: 0 8px;
      }
      .chip {
        cursor: inherit;
      }
      .chip.left {
        border-color: var(--vscode-charts-red);
      }
      .chip.came {
        border-color: var(--vscode-charts-green);
      }
      .quiet {
        color: var(--vscode-descriptionForeground);
      }
      .strong {
        font-weight: 600;
      }
    `,
  ];

  @property({ attribute: false }) model!: DiffModel;
  @property({ attribute: false }) rows: readonly TokenDifference[] = [];
  /** Makes the table look again at a model that has changed inside. */
  @property({ attribute: false }) revision = 0;
  @state() private place: GridPlace = { row: undefined, column: 0 };
  @state() private scrolled = 0;
  @state() private viewHeight = 600;
  @state() private rowHeight = 29;
  private focusWanted = false;
  private readonly resized = new ResizeObserver(() => this.measure());

  private get ids(): readonly string[] {
    return this.rows.map(idOf);
  }

  private get scroller(): HTMLElement {
    return this.renderRoot.querySelector<HTMLElement>('.scroll')!;
  }

  /** Brings a row into view without taking the focus. */
  async reveal(row: TokenDifference): Promise<void> {
    await this.updateComplete;
    const index = this.ids.indexOf(idOf(row));
    const top = index * this.rowHeight;
    const view = this.scroller.clientHeight - 2 * this.rowHeight;
    if (index >= 0 && (top < this.scroller.scrollTop || top > this.scroller.scrollTop + view)) {
      this.scroller.scrollTop = Math.max(0, top - view / 2);
    }
  }

  override firstUpdated(): void {
    this.resized.observe(this.scroller);
    this.measure();
  }

  override disconnectedCallback(): void {
    this.resized.disconnect();
    super.disconnectedCallback();
  }

  override willUpdate(): void {
    const { ids } = this;
    if (this.place.row === undefined || !ids.includes(this.place.row)) this.place = { ...this.place, row: ids[0] };
  }

  override updated(changed: PropertyValues): void {
    super.updated(changed);
    this.measure();
    if (!this.focusWanted) return;
    this.focusWanted = false;
    const target = this.renderRoot.querySelector<HTMLElement>('[tabindex="0"]');
    target?.focus();
    target?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  override render(): TemplateResult {
    const { rows } = this;
    const active = this.ids.indexOf(this.place.row ?? '');
    const stretches = rowWindow(rows.length, this.rowHeight, this.scrolled, this.viewHeight, [active]);
    return html`<div
      class="scroll"
      @scroll=${(): void => {
        this.scrolled = this.scroller.scrollTop;
      }}
    >
      <table
        role="grid"
        aria-label="Differences by position"
        aria-rowcount=${rows.length + 1}
        @keydown=${this.press}
        @focusin=${this.stand}
      >
        <colgroup>
          ${columns.map(({ id }) => html`<col class="column-${id}" />`)}
        </colgroup>
        <thead>
          <tr role="row" aria-rowindex="1">
            ${columns.map(({ title }) => html`<th role="columnheader" scope="col">${title}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rowsInView(
            stretches,
            this.rowHeight,
            (index) => idOf(rows[index]!),
            (index) => this.row(rows[index]!, index),
          )}
        </tbody>
      </table>
    </div>`;
  }

  private row(row: TokenDifference, index: number): TemplateResult {
    const id = idOf(row);
    const { change, cosine, distance } = row;
    const cells: readonly TemplateResult[] = [
      html`${row.a ?? '–'} → ${row.b ?? '–'}`,
      html`<span class=${change === 'unchanged' ? 'quiet' : 'strong'}>${changeWords[change]}</span>`,
      cosine === undefined
        ? html`–`
        : html`<span class="measure">${bar(cosine, [0, 1])}<span class="number">${cosine.toFixed(3)}</span></span>`,
      html`${distance === undefined ? '–' : distance.toFixed(3)}`,
      html`<div class="chips">
        ${row.left.map((near) => chip(near, 'left'))}${row.stayed.map((near) => chip(near, 'stayed'))}${row.came.map(
          (near) => chip(near, 'came'),
        )}
      </div>`,
      html`${row.normA?.toFixed(3) ?? '–'} → ${row.normB?.toFixed(3) ?? '–'}`,
    ];
    return html`<tr
      role="row"
      aria-rowindex=${index + 2}
      aria-selected=${this.model.marked === row ? 'true' : 'false'}
      data-id=${id}
      @click=${(): void => this.model.mark(row)}
    >
      ${cells.map((content, column) => {
        const here = this.place.row === id && this.place.column === column;
        return html`<td role="gridcell" tabindex=${here ? 0 : -1} data-place=${column}>${content}</td>`;
      })}
    </tr>`;
  }

  /** The keyboard stands where the focus went, however it got there. */
  private readonly stand = (event: FocusEvent): void => {
    const target = event.target as HTMLElement;
    const column = Number(target.dataset.place);
    const row = target.closest('tr')?.dataset.id;
    if (!Number.isNaN(column) && (this.place.row !== row || this.place.column !== column)) this.place = { row, column };
  };

  private readonly press = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor(this.viewHeight / this.rowHeight) - 2);
    const next = placeAfterKey(event, this.place, this.ids, columns.length, page);
    if (next?.row !== undefined) {
      this.place = next;
      this.focusWanted = true;
    } else if (event.key === 'Enter' || event.key === ' ') {
      this.model.mark(this.rows.find((row) => idOf(row) === this.place.row));
    } else return;
    event.preventDefault();
  };

  private measure(): void {
    const { clientHeight } = this.scroller;
    if (clientHeight > 0 && clientHeight !== this.viewHeight) this.viewHeight = clientHeight;
    const height = this.renderRoot.querySelector<HTMLElement>('tbody tr[data-id]')?.getBoundingClientRect().height;
    if (height !== undefined && height > 0 && Math.abs(height - this.rowHeight) > 0.1) this.rowHeight = height;
  }
}

const sides = { left: 'left', stayed: '', came: 'came' } as const;

function chip({ text, cosine, distance }: TokenNeighbour, side: keyof typeof sides): TemplateResult {
  return html`<span class="chip ${side}" title=${`cosine ${cosine.toFixed(4)}, distance ${decimal(distance)}`}
    ><span class="unseen">${sides[side] === '' ? nothing : `${sides[side]}: `}${spokenText(text)}, </span
    ><span aria-hidden="true">${side === 'came' ? '+' : ''}${visibleText(text)}</span></span
  >`;
}

function idOf({ a, b }: TokenDifference): string {
  return `${a ?? ''}-${b ?? ''}`;
}
