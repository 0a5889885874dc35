import { LitElement, css, html, nothing, svg } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { scaleLinear } from 'd3-scale';
import type { EvaluationModel } from '../state/evaluationModel';
import { decimal, integer, percent } from '../state/format';
import { sharedStyles } from '../theme/sharedStyles';
import { numberTableStyles } from './numberTableStyles';

const size = { width: 320, height: 210, left: 38, right: 8, top: 8, bottom: 46 };

/**
 * How often the chosen predictor is right where it says how sure it is: a bar of accuracy for each bin of confidence, its mean
 * confidence as a mark, the number of rows below it. A calibrated predictor's bars end at the marks.
 */
@customElement('reliability-plot')
export class ReliabilityPlot extends LitElement {
  static override styles = [
    sharedStyles,
    numberTableStyles,
    css`
      :host {
        display: block;
      }
      svg {
        display: block;
        max-width: 460px;
        width: 100%;
      }
      text {
        fill: var(--vscode-foreground);
        font-size: 10px;
      }
      .axis {
        stroke: color-mix(in srgb, var(--vscode-foreground) 45%, transparent);
      }
      .diagonal {
        stroke: color-mix(in srgb, var(--vscode-foreground) 45%, transparent);
        stroke-dasharray: 3 3;
      }
      .bar {
        fill: var(--vscode-charts-blue);
        fill-opacity: 0.75;
        stroke: var(--vscode-contrastBorder, transparent);
      }
      .mark {
        stroke: var(--vscode-foreground);
        stroke-width: 2;
      }
    `,
  ];

  @property({ attribute: false }) model!: EvaluationModel;
  /** Makes the plot look again at a model that has changed inside. */
  @property({ attribute: false }) revision = 0;

  override render(): TemplateResult | typeof nothing {
    const { result, predictor } = this.model;
    const bins = result?.reliability?.filter(({ count }) => count > 0);
    if (!result || !predictor || !bins || bins.length === 0) return nothing;
    const { width, height, left, right, top, bottom } = size;
    const x = scaleLinear([0, 1], [left, width - right]);
    const y = scaleLinear([0, 1], [height - bottom, top]);
    const ece = result.scores['ece'];
    const spoken = bins.map(
      ({ from, to, count, confidence, accuracy }) =>
        `confidence ${from.toFixed(1)} to ${to.toFixed(1)}: ${integer(count)} rows, mean ${percent(confidence)}, right ${percent(accuracy)}`,
    );
    return html`<h2>
        Reliability of ${predictor.name}${ece === undefined ? '' : `: calibration error ${decimal(ece)}`}
      </h2>
      <svg
        viewBox="0 0 ${width} ${height}"
        role="img"
        aria-label=${`Reliability of ${predictor.name}. ${spoken.join('; ')}`}
      >
        ${[0, 0.5, 1].map(
          (
            tick,
          ) => svg`<line class="axis" x1=${left} x2=${width - right} y1=${y(tick)} y2=${y(tick)} stroke-opacity=${tick === 0 ? 1 : 0.4} />
            <text x=${left - 4} y=${y(tick)} text-anchor="end" dominant-baseline="middle">${percent(tick).replace('.0', '')}</text>
            <text x=${x(tick)} y=${height - bottom + 26} text-anchor=${tick === 1 ? 'end' : tick === 0 ? 'start' : 'middle'}>${tick}</text>`,
        )}
        <line class="diagonal" x1=${x(0)} y1=${y(0)} x2=${x(1)} y2=${y(1)} />
        ${bins.map(
          ({
            from,
            to,
            count,
            confidence,
            accuracy,
          }) => svg`<rect class="bar" x=${x(from) + 1} width=${Math.max(1, x(to) - x(from) - 2)}
              y=${y(accuracy)} height=${y(0) - y(accuracy)} />
            <line class="mark" x1=${x(from) + 2} x2=${x(to) - 2} y1=${y(confidence)} y2=${y(confidence)} />
            <text x=${x((from + to) / 2)} y=${height - bottom + 12} text-anchor="middle" font-size="9">${shortCount(count)}</text>`,
        )}
        <text x=${(left + width - right) / 2} y=${height - 6} text-anchor="middle">
          confidence, with the number of rows above it
        </text>
      </svg>`;
  }
}

/** A count that fits below a narrow bar: 950, 12k. */
function shortCount(count: number): string {
  return count < 10_000 ? String(count) : `${Math.round(count / 1000)}k`;
}
