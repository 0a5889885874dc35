import { LitElement, css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Predictor } from '../../extension/protocol/evaluation';
import type { EvaluationModel } from '../state/evaluationModel';
import { evaluationMetric, metricValue, signedValue, smallerBetter, transferGrid } from '../state/evaluationSummary';
import { sharedStyles } from '../theme/sharedStyles';
import './heatTable';
import type { HeatCell, HeatPlace } from './heatTable';
import { numberTableStyles } from './numberTableStyles';

/** What every predictor scores on every data set, and how far that is from a prompt that learned there. */
@customElement('transfer-grid')
export class TransferGrid extends LitElement {
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
  /** Makes the grid look again at a model that has changed inside. */
  @property({ attribute: false }) revision = 0;

  override render(): TemplateResult | typeof nothing {
    const { model } = this;
    const { record, metric } = model;
    if (!record) return nothing;
    const { predictors, datasets } = record;
    const grid = transferGrid(record, metric);
    const values = grid.flat().flatMap(({ value }) => (value === undefined ? [] : [value]));
    const [least, most] = [Math.min(...values), Math.max(...values)];
    const share = (value: number): number => {
      if (most === least) return 0.5;
      const up = (value - least) / (most - least);
      return smallerBetter(metric) ? 1 - up : up;
    };
    const cells = grid.map((row, down) =>
      row.map(({ value, ownDomain, toOwnDomain }, across): HeatCell => {
        const note = ownDomain ? 'in domain' : toOwnDomain === undefined ? undefined : signedValue(metric, toOwnDomain);
        return {
          text: value === undefined ? '–' : metricValue(metric, value),
          ...(note === undefined ? {} : { note }),
          share: value === undefined ? 0 : share(value),
          tone: 'good',
          chosen: across === model.dataset && predictors[down]!.id === model.predictor?.id,
          spoken: `, ${predictors[down]!.name} on ${datasets[across]!.name}`,
        };
      }),
    );
    return html`<h2>Transfer: ${evaluationMetric(metric)}</h2>
      <heat-table
        label=${`${evaluationMetric(metric)} of every predictor on every data set`}
        corner="predictor (learned from)"
        .rows=${predictors.map((predictor) => this.named(predictor))}
        .columns=${datasets.map(({ name }) => name)}
        .cells=${cells}
        @choose=${({ detail }: CustomEvent<HeatPlace>): void => {
          model.choosePredictor(predictors[detail.row]!.id);
          model.chooseDataset(detail.column);
        }}
      ></heat-table>
      <p class="note muted">Differences are to the best prompt that learned from that data set.</p>`;
  }

  private named({ name, kind, trainedOn }: Predictor): string {
    if (kind !== 'prompt') return name;
    const source = this.model.record?.datasets.find(({ sha256 }) => sha256 === trainedOn)?.name;
    return `${name} (${source ?? 'other data'})`;
  }
}
