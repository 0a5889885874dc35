import { LitElement, css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { PredictionDifferences, PromptDiff } from '../../extension/protocol/inspection';
import { count } from '../state/count';
import { integer } from '../state/format';
import { metricWord, score } from '../state/runFacts';
import { sharedStyles } from '../theme/sharedStyles';

/** Predictions that are written out. */
const mostPredictions = 100;

/** What else differs between two runs: scores, configuration, predictions. */
@customElement('diff-facts')
export class DiffFacts extends LitElement {
  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
        padding: 8px 12px 12px;
      }
      h2 {
        font-size: inherit;
        font-weight: 600;
        margin: 10px 0 4px;
      }
      h2:first-child {
        margin-top: 0;
      }
      .scroll {
        max-height: 320px;
        overflow: auto;
      }
      table {
        border-collapse: collapse;
        font-variant-numeric: tabular-nums;
        width: 100%;
      }
      th,
      td {
        border-bottom: 1px solid var(--quiet-edge);
        font-weight: normal;
        overflow-wrap: anywhere;
        padding: 3px 10px 3px 0;
        text-align: start;
        vertical-align: top;
      }
      thead th {
        font-weight: 600;
      }
      p {
        margin: 0;
      }
    `,
  ];

  @property({ attribute: false }) diff!: PromptDiff;

  override render(): TemplateResult {
    const { configuration, scores, predictions, a, b } = this.diff;
    const runs = a.run !== undefined && b.run !== undefined;
    return html`${
        scores.length === 0
          ? nothing
          : html`<h2>Scores</h2>
              ${table(
                ['Metric', 'A', 'B', 'B - A'],
                scores.map(({ split, metric, a: before, b: after }) => [
                  `${split} ${metricWord(metric)}`,
                  score(metric, before),
                  score(metric, after),
                  `${after < before ? '-' : '+'}${score(metric, Math.abs(after - before))}`,
                ]),
              )}`
      }
      <h2>Configuration</h2>
      ${
        configuration.length > 0
          ? table(
              ['Field', 'A', 'B'],
              configuration.map((each) => [each.field, each.a, each.b]),
            )
          : html`<p class="muted">
              ${runs ? 'The two have the same.' : 'Not known: only the prompts of runs say how they were learned.'}
            </p>`
      }
      ${predictions === undefined ? nothing : this.predictions(predictions)}`;
  }

  private predictions({ compared, changed }: PredictionDifferences): TemplateResult {
    return html`<h2>Predictions</h2>
      <p class="muted">${integer(changed.length)} of ${count(compared, 'row')} are predicted otherwise.</p>
      ${
        changed.length === 0
          ? nothing
          : html`<div class="scroll" tabindex="0" role="region" aria-label="Rows that are predicted otherwise">
              ${table(
                ['Row', 'Input', 'Target', 'A', 'B'],
                changed
                  .slice(0, mostPredictions)
                  .map((each) => [integer(each.row), each.input, each.target, each.a, each.b]),
              )}
            </div>`
      }`;
  }
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): TemplateResult {
  return html`<table>
    <thead>
      <tr>
        ${head.map((title) => html`<th scope="col">${title}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        ([first, ...rest]) =>
          html`<tr>
            <th scope="row">${first}</th>
            ${rest.map((cell) => html`<td>${cell}</td>`)}
          </tr>`,
      )}
    </tbody>
  </table>`;
}
