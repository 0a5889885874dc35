import { LitElement, css, html, nothing, svg } from 'lit';
import type { SVGTemplateResult, TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { TokenDifference } from '../../extension/protocol/inspection';
import type { DiffModel } from '../state/diffModel';
import { sharedStyles } from '../theme/sharedStyles';

/** Shades of a sign: more cannot be told apart, and each is one path, however many cells it has. */
const shades = 8;

interface Cell {
  readonly a: number;
  readonly b: number;
}

/**
 * Cosine of every virtual token of A (down) with every one of B (across), with the best assignment outlined. One tab stop;
 * arrow keys go from cell to cell, Enter marks the pair in the table.
 */
@customElement('heat-map')
export class HeatMap extends LitElement {
  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
        padding: 8px 12px 10px;
      }
      h2 {
        font-size: inherit;
        font-weight: 600;
        margin: 0 0 6px;
      }
      svg {
        aspect-ratio: 1;
        border: 1px solid var(--edge);
        display: block;
        max-height: 420px;
        max-width: 420px;
        width: 100%;
      }
      .positive {
        fill: var(--vscode-charts-blue);
      }
      .negative {
        fill: var(--vscode-charts-red);
      }
      .assigned,
      .marked,
      .cursor {
        fill: none;
        stroke: var(--vscode-foreground);
        stroke-width: 1px;
        vector-effect: non-scaling-stroke;
      }
      .marked {
        stroke: var(--vscode-charts-yellow);
        stroke-width: 2.5px;
      }
      .cursor {
        stroke: var(--vscode-focusBorder);
        stroke-width: 2.5px;
      }
      .readout {
        font-variant-numeric: tabular-nums;
        margin-top: 4px;
        min-height: 1.5em;
      }
      .legend {
        align-items: center;
        display: flex;
        gap: 6px;
        margin-top: 4px;
      }
      .legend svg {
        aspect-ratio: auto;
        height: 10px;
        width: 120px;
      }
    `,
  ];

  @property({ attribute: false }) model!: DiffModel;
  /** Makes the map look again at a model that has changed inside. */
  @property({ attribute: false }) revision = 0;
  @state() private at: Cell | undefined;

  override render(): TemplateResult {
    const { diff, marked } = this.model;
    if (diff === undefined) return html``;
    const { a, b, cosines } = diff;
    const pairs = diff.tokens.filter(
      (row): row is TokenDifference & Cell => row.a !== undefined && row.b !== undefined,
    );
    const moved = pairs.filter((pair) => pair.a !== pair.b).length;
    const outline = (cell: Cell, className: string): SVGTemplateResult =>
      svg`<rect class=${className} x=${cell.b} y=${cell.a} width="1" height="1"></rect>`;
    return html`<section aria-labelledby="title">
      <h2 id="title">All positions with all positions</h2>
      <svg
        class="map"
        viewBox="0 0 ${b.length} ${a.length}"
        preserveAspectRatio="none"
        role="application"
        aria-roledescription="heat map"
        tabindex="0"
        aria-label=${`Cosine of each of the ${a.length} virtual tokens of A with each of the ${b.length} of B; ${moved} of ${pairs.length} assigned pairs are at different positions`}
        aria-describedby="readout"
        @keydown=${this.press}
        @focus=${(): void => void (this.at ??= { a: 0, b: 0 })}
        @blur=${(): void => void (this.at = undefined)}
        @pointermove=${(event: PointerEvent): void => void (this.at = this.under(event))}
        @pointerleave=${(): void => void (this.at = undefined)}
        @click=${(event: MouseEvent): void => this.mark(this.under(event))}
      >
        ${shadePaths(cosines).map(
          ({ sign, shade, path }) =>
            svg`<path class=${sign} fill-opacity=${shade / shades} shape-rendering="crispEdges" d=${path}></path>`,
        )}
        ${pairs.map((pair) => outline(pair, 'assigned'))}
        ${marked?.a !== undefined && marked.b !== undefined ? outline({ a: marked.a, b: marked.b }, 'marked') : nothing}
        ${this.at === undefined ? nothing : outline(this.at, 'cursor')}
      </svg>
      <div class="legend muted" aria-hidden="true">
        <span>-1</span>
        <svg viewBox="0 0 ${2 * shades + 1} 1" preserveAspectRatio="none">
          ${Array.from({ length: 2 * shades + 1 }, (_, index) => {
            const value = index - shades;
            return svg`<rect class=${value < 0 ? 'negative' : 'positive'} fill-opacity=${Math.abs(value) / shades} x=${index} y="0" width="1" height="1"></rect>`;
          })}
        </svg>
        <span
          >1; A downwards, B to the right; outlined: the pairs with the largest sum of cosines, at another position only
          from 0.9</span
        >
      </div>
      <div id="readout" class="readout" aria-live="polite">${this.words(pairs)}</div>
    </section>`;
  }

  private words(pairs: readonly Cell[]): string {
    const { at } = this;
    if (at === undefined) return '';
    const cosine = this.model.diff?.cosines[at.a]?.[at.b];
    const assigned = pairs.some(({ a, b }) => a === at.a && b === at.b);
    return `A ${at.a}, B ${at.b}: cosine ${cosine?.toFixed(3) ?? '?'}${assigned ? ', assigned to each other' : ''}`;
  }

  private under(event: MouseEvent): Cell | undefined {
    const { diff } = this.model;
    if (diff === undefined) return undefined;
    const box = (event.currentTarget as Element).getBoundingClientRect();
    const index = (share: number, count: number): number => Math.min(count - 1, Math.max(0, Math.floor(share * count)));
    return {
      a: index((event.clientY - box.top) / box.height, diff.a.length),
      b: index((event.clientX - box.left) / box.width, diff.b.length),
    };
  }

  /** Marks the row of the pair, or of A's virtual token where the two are not assigned to each other. */
  private mark(cell: Cell | undefined): void {
    const rows = this.model.diff?.tokens ?? [];
    if (cell === undefined) return;
    this.model.mark(rows.find(({ a, b }) => a === cell.a && b === cell.b) ?? rows.find(({ a }) => a === cell.a));
  }

  private readonly press = (event: KeyboardEvent): void => {
    const { diff } = this.model;
    if (diff === undefined) return;
    const { a, b } = this.at ?? { a: 0, b: 0 };
    const ends = { a: diff.a.length - 1, b: diff.b.length - 1 };
    const moves: Readonly<Record<string, Cell>> = {
      ArrowUp: { a: Math.max(0, a - 1), b },
      ArrowDown: { a: Math.min(ends.a, a + 1), b },
      ArrowLeft: { a, b: Math.max(0, b - 1) },
      ArrowRight: { a, b: Math.min(ends.b, b + 1) },
      Home: { a, b: 0 },
      End: { a, b: ends.b },
    };
    const next = moves[event.key];
    if (next) this.at = next;
    else if (event.key === 'Enter' || event.key === ' ') this.mark({ a, b });
    else return;
    event.preventDefault();
  };
}

/** The cells of each shade as one path. `cosines`: [A, B]. */
function shadePaths(
  cosines: readonly (readonly number[])[],
): readonly { readonly sign: 'positive' | 'negative'; readonly shade: number; readonly path: string }[] {
  const paths = new Map<number, string[]>();
  cosines.forEach((row, a) =>
    row.forEach((cosine, b) => {
      const shade = Math.round(cosine * shades);
      if (shade === 0) return;
      const cells = paths.get(shade) ?? [];
      cells.push(`M${b} ${a}h1v1h-1z`);
      paths.set(shade, cells);
    }),
  );
  return [...paths].map(([shade, cells]) => ({
    sign: shade < 0 ? 'negative' : 'positive',
    shade: Math.abs(shade),
    path: cells.join(''),
  }));
}
