import { LitElement, css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { count } from '../state/count';
import type { EvaluationModel } from '../state/evaluationModel';
import { illegal } from '../state/evaluationRows';
import { integer, percent } from '../state/format';
import { sharedStyles } from '../theme/sharedStyles';
import './heatTable';
import type { HeatCell, HeatPlace } from './heatTable';
import { numberTableStyles } from './numberTableStyles';

/** Which classes the chosen predictor takes for which; a field chosen shows its rows in the table. */
@customElement('confusion-matrix')
export class ConfusionMatrix extends LitElement {
  static override styles = [
    sharedStyles,
    numberTableStyles,
    css`
      :host {
        display: block;
      }
    `,
  ];

  @property({ attribute: false }) model!: EvaluationModel;
  /** Makes the matrix look again at a model that has changed inside. */
  @property({ attribute: false }) revision = 0;

  override render(): TemplateResult | typeof nothing {
    const { model } = this;
    const { classes, predictor, result } = model;
    if (!classes || !predictor) return nothing;
    const counts = result?.confusion;
    if (!counts) {
      return html`<h2>Confusion of ${predictor.name}</h2>
        <p class="note muted">It is counted once all rows are answered.</p>`;
    }
    // The column of outputs that are none of the classes is shown only where there are some.
    const outside = counts.some((row) => row[classes.length]! > 0);
    const columns = outside ? [...classes, 'none of them'] : classes;
    const classOf = (column: number): number => (column < classes.length ? column : illegal);
    const cells = counts.map((row, target) => {
      const all = row.reduce((sum, each) => sum + each, 0);
      return columns.map((words, column): HeatCell => {
        const share = all === 0 ? 0 : row[column]! / all;
        const { cell } = model.ui;
        return {
          text: integer(row[column]!),
          share,
          tone: target === column ? 'good' : 'bad',
          chosen: cell?.target === target && cell.predicted === classOf(column),
          spoken: `, ${percent(share)} of ${classes[target]!} taken for ${words}`,
        };
      });
    });
    return html`<h2>Confusion of ${predictor.name}</h2>
      <heat-table
        label=${`Confusion of ${predictor.name}: target down, prediction across`}
        corner="target \\ said"
        .rows=${classes}
        .columns=${columns}
        .cells=${cells}
        @choose=${({ detail }: CustomEvent<HeatPlace>): void =>
          model.showCell({ target: detail.row, predicted: classOf(detail.column) })}
      ></heat-table>
      <p class="note muted">${count(result.rows, 'row')}. Choose a field to see its rows.</p>`;
  }
}
