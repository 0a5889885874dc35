import { LitElement, css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { EvaluationModel } from '../state/evaluationModel';
import { integer, percent } from '../state/format';
import { sharedStyles } from '../theme/sharedStyles';
import { numberTableStyles } from './numberTableStyles';

/** Precision, recall and F1 of the chosen predictor, class by class. */
@customElement('class-table')
export class ClassTable extends LitElement {
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
  /** Makes the table look again at a model that has changed inside. */
  @property({ attribute: false }) revision = 0;

  override render(): TemplateResult | typeof nothing {
    const { result, predictor, classes } = this.model;
    if (!result?.classes || !classes || !predictor) return nothing;
    return html`<h2 id="title">Classes of ${predictor.name}</h2>
      <div class="scroll" tabindex="0" role="region" aria-labelledby="title">
        <table aria-labelledby="title">
          <thead>
            <tr>
              ${['Class', 'Precision', 'Recall', 'F1', 'Rows'].map((name) => html`<th scope="col">${name}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${result.classes.map(
              ({ precision, recall, f1, support }, index) =>
                html`<tr>
                  <th scope="row">${classes[index]}</th>
                  <td>${percent(precision)}</td>
                  <td>${percent(recall)}</td>
                  <td>${percent(f1)}</td>
                  <td>${integer(support)}</td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>`;
  }
}
