import { LitElement, css, html, nothing, svg } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { scaleLinear } from 'd3-scale';
import { isSignificant, probabilityWord } from '../../extension/protocol/evaluationReading';
import type { EvaluationModel } from '../state/evaluationModel';
import { evaluationMetric, improves, metricValue, signedValue, summaryRows } from '../state/evaluationSummary';
import type { SummaryRow } from '../state/evaluationSummary';
import { percent } from '../state/format';
import { sharedStyles } from '../theme/sharedStyles';
import { placeAfterKey } from './gridFocus';
import type { GridPlace } from './gridFocus';

const columns = ['predictor', 'value', 'interval', 'difference', 'disagreement'] as const;

/**
 * Prompts, ensembles and baselines with the metric that is chosen: one tab stop, arrow keys inside, Enter chooses the predictor
 * that matrix, plot and rows are about.
 */
@customElement('predictor-table')
export class PredictorTable extends LitElement {
  static override styles = [
    sharedStyles,
    css`
      :host {
        container-type: inline-size;
        display: block;
        overflow: auto;
      }
      table {
        border-collapse: separate;
        border-spacing: 0;
        font-variant-numeric: tabular-nums;
        min-width: 46em;
        width: 100%;
      }
      th {
        background: var(--ground);
        border-bottom: 1px solid var(--edge);
        font-weight: 600;
        position: sticky;
        text-align: start;
        top: 0;
        z-index: 1;
      }
      th,
      td {
        height: 2.1em;
        padding: 0 8px;
        white-space: nowrap;
      }
      td {
        border-bottom: 1px solid var(--quiet-edge);
      }
      td:first-child {
        border-inline-start: 3px solid transparent;
        max-width: 24em;
        overflow: hidden;
        text-overflow: ellipsis;
      }
      tbody tr {
        cursor: pointer;
      }
      tbody tr:hover {
        background: var(--vscode-list-hoverBackground, transparent);
      }
      tr[aria-selected='true'] {
        background: var(--vscode-list-inactiveSelectionBackground, transparent);
        color: var(--vscode-list-inactiveSelectionForeground, inherit);
      }
      tr[aria-selected='true'] td:first-child {
        border-inline-start-color: var(--vscode-focusBorder);
      }
      svg {
        display: inline-block;
        height: 12px;
        vertical-align: middle;
        width: clamp(40px, 14cqw - 52px, 120px);
      }
      .track {
        fill: color-mix(in srgb, var(--vscode-foreground) 16%, transparent);
      }
      .range {
        fill: var(--vscode-charts-blue);
        fill-opacity: 0.6;
      }
      .mark {
        stroke: var(--vscode-foreground);
        stroke-width: 2;
        vector-effect: non-scaling-stroke;
      }
      .interval {
        display: inline-block;
        margin-inline-start: 8px;
      }
      .verdict {
        margin-inline-start: 6px;
      }
      /* The quiet colour is too quiet on the ground of a selection. */
      tr[aria-selected='true'] .muted {
        color: inherit;
      }
      .better,
      .worse {
        font-weight: 600;
      }
    `,
  ];

  @property({ attribute: false }) model!: EvaluationModel;
  /** Makes the table look again at a model that has changed inside. */
  @property({ attribute: false }) revision = 0;
  @state() private place: GridPlace = { row: undefined, column: 0 };
  private focusWanted = false;

  private get ids(): readonly string[] {
    return this.model.record?.predictors.map(({ id }) => id) ?? [];
  }

  override willUpdate(): void {
    const { ids } = this;
    if (this.place.row === undefined || !ids.includes(this.place.row)) {
      this.place = { ...this.place, row: this.model.predictor?.id ?? ids[0] };
    }
  }

  override updated(changed: PropertyValues): void {
    super.updated(changed);
    if (!this.focusWanted) return;
    this.focusWanted = false;
    const target = this.renderRoot.querySelector<HTMLElement>('[tabindex="0"]');
    target?.focus();
    target?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  override render(): TemplateResult | typeof nothing {
    const { model } = this;
    const { record, metric, reference } = model;
    if (!record) return nothing;
    const rows = summaryRows(record, model.dataset, metric, reference?.id);
    const ends = rows.flatMap(({ value, interval }) => [...(value === undefined ? [] : [value]), ...(interval ?? [])]);
    const domain: [number, number] = [Math.min(0, ...ends), Math.max(1e-9, ...ends)];
    const ensembles = rows.some(({ result }) => result?.disagreement !== undefined);
    const titles = {
      predictor: 'Predictor',
      value: evaluationMetric(metric),
      interval: '95% interval',
      difference: reference === undefined ? 'Difference' : `Difference to ${reference.name}`,
      disagreement: 'Members that disagree',
    };
    const seen = columns.filter((column) => column !== 'disagreement' || ensembles);
    return html`<table role="grid" aria-label="Predictors" @keydown=${this.press}>
      <thead>
        <tr role="row">
          ${seen.map((column) => html`<th role="columnheader" scope="col">${titles[column]}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr
              role="row"
              aria-selected=${row.predictor.id === model.predictor?.id ? 'true' : 'false'}
              data-id=${row.predictor.id}
              @click=${(): void => model.choosePredictor(row.predictor.id)}
            >
              ${seen.map((column, index) => this.cell(row, index, this.content(row, column, domain)))}
            </tr>`,
        )}
      </tbody>
    </table>`;
  }

  private content(
    row: SummaryRow,
    column: (typeof columns)[number],
    domain: readonly [number, number],
  ): TemplateResult | string {
    const { metric, reference } = this.model;
    const { predictor, value, interval, difference, result } = row;
    switch (column) {
      case 'predictor':
        return html`<span title=${predictor.path ?? predictor.template ?? predictor.name}>${predictor.name}</span>`;
      case 'value':
        return value === undefined ? '–' : metricValue(metric, value);
      case 'interval':
        return value === undefined
          ? '–'
          : html`${intervalBar(value, interval, domain)}${
              interval
                ? html`<span class="interval"
                    >${metricValue(metric, interval[0])} to ${metricValue(metric, interval[1])}</span
                  >`
                : nothing
            }`;
      case 'difference':
        if (predictor.id === reference?.id) return html`<span>compared with</span>`;
        return difference ? differenceCell(metric, difference) : '–';
      case 'disagreement':
        return result?.disagreement === undefined ? '' : percent(result.disagreement);
    }
  }

  private cell(row: SummaryRow, column: number, content: TemplateResult | string): TemplateResult {
    const { id } = row.predictor;
    const here = this.place.row === id && this.place.column === column;
    return html`<td
      role="gridcell"
      tabindex=${here ? 0 : -1}
      @focus=${(): void => void (this.place = { row: id, column })}
    >
      ${content}
    </td>`;
  }

  private readonly press = (event: KeyboardEvent): void => {
    const { ids, place } = this;
    const next = placeAfterKey(event, place, ids, columns.length - 1, 10);
    if (next) {
      // Nothing can be done in the header: the first row is the upper end.
      this.place = next.row === undefined ? { ...next, row: ids[0] } : next;
      this.focusWanted = true;
    } else if (place.row !== undefined && (event.key === 'Enter' || event.key === ' ')) {
      this.model.choosePredictor(place.row);
    } else return;
    event.preventDefault();
  };
}

/** An interval as a bar on the axis of all of them, the value as a mark. Its numbers stand beside it. */
function intervalBar(
  value: number,
  interval: readonly [number, number] | undefined,
  domain: readonly [number, number],
): TemplateResult {
  const x = scaleLinear(domain, [1, 99]).clamp(true);
  const [low, high] = interval ?? [value, value];
  return html`<svg viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true">
    <rect class="track" x="0" y="5" width="100" height="2" />
    ${svg`<rect class="range" x=${x(low)} y="3" width=${Math.max(0.5, x(high) - x(low))} height="6" />
      <line class="mark" x1=${x(value)} x2=${x(value)} y1="0" y2="12" />`}
  </svg>`;
}

function differenceCell(metric: string, difference: NonNullable<SummaryRow['difference']>): TemplateResult {
  const [low, high] = difference.interval;
  const sure = isSignificant(difference);
  const verdict = !sure ? 'may be chance' : improves(metric, difference.difference) ? 'better' : 'worse';
  return html`<span class=${sure ? verdict : ''}>${signedValue(metric, difference.difference)}</span>
    <span class="muted"
      >(${signedValue(metric, low)} to
      ${signedValue(metric, high)})${difference.p === undefined ? '' : `, ${probabilityWord(difference.p)}`}</span
    ><span class="verdict">${verdict}</span>`;
}
