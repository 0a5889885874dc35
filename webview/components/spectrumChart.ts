import { LitElement, css, html, svg } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { scaleBand, scaleLinear } from 'd3-scale';
import { line } from 'd3-shape';
import { decimal, integer, percent } from '../state/format';
import { sharedStyles } from '../theme/sharedStyles';

const width = 320;
const height = 96;

/**
 * Singular values as bars with the share of the variance that they sum up to as a line. One tab stop; the left and right arrow
 * keys say the values one by one.
 */
@customElement('spectrum-chart')
export class SpectrumChart extends LitElement {
  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
      }
      h2 {
        font-size: inherit;
        font-weight: 600;
        margin: 0 0 2px;
      }
      svg {
        display: block;
        height: ${height}px;
        width: 100%;
      }
      rect {
        fill: var(--vscode-charts-blue);
      }
      rect.at {
        fill: var(--vscode-charts-yellow);
        stroke: var(--vscode-foreground);
        stroke-width: 1px;
        vector-effect: non-scaling-stroke;
      }
      path {
        fill: none;
        stroke: var(--vscode-charts-purple);
        stroke-dasharray: 4 3;
        stroke-width: 1.5px;
        vector-effect: non-scaling-stroke;
      }
      .readout {
        font-variant-numeric: tabular-nums;
        min-height: 1.5em;
      }
    `,
  ];

  /** Singular values, falling. */
  @property({ attribute: false }) spectrum: readonly number[] = [];
  @property({ type: Number }) effectiveRank = 0;
  @state() private at: number | undefined;

  override render(): TemplateResult {
    const { spectrum, at } = this;
    const x = scaleBand(spectrum.keys(), [0, width]).paddingInner(0.15);
    const y = scaleLinear([0, spectrum[0] ?? 1], [height, 2]);
    const shares = varianceShares(spectrum);
    const share = scaleLinear([0, 1], [height, 2]);
    const drawn = line<number>(
      (_, index) => (x(index) ?? 0) + x.bandwidth() / 2,
      (value) => share(value),
    )(shares);
    const most = Math.max(0, spectrum.length - 1);
    return html`<section aria-labelledby="title">
      <h2 id="title">Spectrum</h2>
      <svg
        viewBox="0 0 ${width} ${height}"
        preserveAspectRatio="none"
        role="slider"
        tabindex="0"
        aria-label="Singular values of the prompt"
        aria-valuemin="1"
        aria-valuemax=${most + 1}
        aria-valuenow=${(at ?? 0) + 1}
        aria-valuetext=${this.words(at ?? 0, shares)}
        @keydown=${this.press}
        @focus=${(): void => void (this.at ??= 0)}
        @blur=${(): void => void (this.at = undefined)}
        @pointermove=${this.point}
        @pointerleave=${(): void => void (this.at = undefined)}
      >
        ${spectrum.map(
          (value, index) =>
            svg`<rect class=${index === at ? 'at' : ''} x=${x(index) ?? 0} y=${y(value)} width=${x.bandwidth()} height=${height - y(value)}></rect>`,
        )}
        <path d=${drawn ?? ''}></path>
      </svg>
      <div class="readout muted">
        ${
          at === undefined
            ? `Effective rank ${this.effectiveRank.toFixed(1)} of ${integer(spectrum.length)}; dashed: share of the variance`
            : this.words(at, shares)
        }
      </div>
    </section>`;
  }

  private words(index: number, shares: readonly number[]): string {
    const value = this.spectrum[index];
    return value === undefined
      ? 'no values'
      : `Singular value ${index + 1}: ${decimal(value)}; ${percent(shares[index] ?? 0)} of the variance up to here`;
  }

  private readonly press = (event: KeyboardEvent): void => {
    const last = this.spectrum.length - 1;
    const to = { ArrowLeft: (this.at ?? 0) - 1, ArrowRight: (this.at ?? -1) + 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    this.at = Math.min(last, Math.max(0, to));
    event.preventDefault();
  };

  private readonly point = (event: PointerEvent): void => {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    const share = (event.clientX - box.left) / box.width;
    this.at = Math.min(this.spectrum.length - 1, Math.max(0, Math.floor(share * this.spectrum.length)));
  };
}

/** Share of the sum of squares that the first values make up, one a value. */
function varianceShares(spectrum: readonly number[]): readonly number[] {
  const total = spectrum.reduce((sum, value) => sum + value * value, 0) || 1;
  let sum = 0;
  return spectrum.map((value) => (sum += value * value) / total);
}
