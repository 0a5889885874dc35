import { LitElement, css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { PanelModel } from '../state/panelModel';
import { metricWord, runName } from '../state/runFacts';
import { lossSeries, metricChoices, metricSeries, metricTitle } from '../state/series';
import { mostSmoothing } from '../state/uiState';
import { sharedStyles } from '../theme/sharedStyles';
import { checkbox, dropdown } from './controls';
import './curveChart';
import { icon } from './icon';
import { rangeStyles } from './rangeStyles';
import { swatch } from './swatch';

/** The curves of the runs shown, with their legend and what can be set about them. */
@customElement('charts-area')
export class ChartsArea extends LitElement {
  static override styles = [
    sharedStyles,
    rangeStyles,
    css`
      :host {
        display: block;
      }
      .bar {
        align-items: center;
        display: flex;
        flex-wrap: wrap;
        gap: 4px 16px;
        min-height: 28px;
        padding: 4px 16px 4px 10px;
      }
      h2 {
        font-size: inherit;
        font-weight: 600;
        margin: 0;
      }
      .fold {
        font-weight: 600;
        gap: 4px;
        padding: 0 6px 0 2px;
      }
      .settings {
        align-items: center;
        display: flex;
        flex-wrap: wrap;
        gap: 4px 16px;
        margin-inline-start: auto;
      }
      .smoothing {
        align-items: center;
        display: flex;
        gap: 8px;
      }
      .amount {
        font-variant-numeric: tabular-nums;
        min-width: 2.4em;
      }
      input[type='range'] {
        width: 90px;
      }
      vscode-dropdown {
        min-width: 9em;
        width: auto;
      }
      .legend {
        display: flex;
        flex-wrap: wrap;
        gap: 2px 12px;
        list-style: none;
        margin: 0;
        max-height: 5.4em;
        overflow-y: auto;
        padding: 0 16px 4px;
      }
      .legend li {
        align-items: center;
        display: flex;
        gap: 6px;
        max-width: 100%;
      }
      .legend .run {
        background: none;
        border: 0;
        border-radius: 3px;
        color: inherit;
        cursor: pointer;
        font: inherit;
        max-width: 22em;
        overflow: hidden;
        padding: 1px 3px;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .legend .icon {
        color: var(--vscode-descriptionForeground);
      }
      .legend .run:hover {
        text-decoration: underline;
      }
      .charts {
        display: grid;
        gap: 8px 24px;
        grid-template-columns: 1fr 1fr;
        padding: 2px 16px 8px;
      }
      curve-chart {
        height: 236px;
      }
      @container (max-width: 760px) {
        .settings {
          column-gap: 10px;
          margin-inline-start: 6px;
        }
        input[type='range'] {
          width: 64px;
        }
        curve-chart {
          height: 190px;
        }
      }
      @container (max-width: 520px) {
        .charts {
          grid-template-columns: 1fr;
        }
      }
      .none {
        padding: 2px 16px 12px 30px;
      }
    `,
  ];

  @property({ attribute: false }) model!: PanelModel;
  /** Makes the area look again at a model that has changed inside. */
  @property({ attribute: false }) revision = 0;

  override render(): TemplateResult {
    const { ui, shown } = this.model;
    const open = ui.chartsOpen;
    return html`<section aria-labelledby="title">
      <div class="bar">
        <h2 id="title">
          <button
            class="icon fold"
            aria-expanded=${open ? 'true' : 'false'}
            @click=${(): void => this.model.change({ chartsOpen: !open })}
          >
            ${icon(open ? 'expanded' : 'collapsed')}Charts
          </button>
        </h2>
        ${open && shown.length > 0 ? this.settings() : nothing}
      </div>
      ${
        !open
          ? nothing
          : shown.length === 0
            ? html`<div class="none muted">Tick runs in the table to draw them here.</div>`
            : html`${this.legend()}${this.charts()}`
      }
    </section>`;
  }

  private get metric(): { readonly choices: readonly string[]; readonly chosen: string } {
    const { model } = this;
    const choices = metricChoices(model.shown, model.curvesById);
    const { metric } = model.ui;
    return { choices, chosen: metric !== undefined && choices.includes(metric) ? metric : (choices[0] ?? 'accuracy') };
  }

  private settings(): TemplateResult {
    const { model } = this;
    const { smoothing, logScale, asTable } = model.ui;
    const { choices, chosen } = this.metric;
    return html`<div class="settings" role="group" aria-label="Chart settings">
      <label class="smoothing"
        >Smoothing
        <input
          type="range"
          min="0"
          max=${mostSmoothing}
          step="0.01"
          .value=${String(smoothing)}
          aria-valuetext=${smoothing === 0 ? 'off' : smoothing.toFixed(2)}
          @input=${(event: Event): void => model.change({ smoothing: Number((event.target as HTMLInputElement).value) })}
        /><span class="amount" aria-hidden="true">${smoothing === 0 ? 'off' : smoothing.toFixed(2)}</span></label
      >
      ${checkbox({ label: 'Log scale', checked: logScale, change: (now) => model.change({ logScale: now }) })}
      ${checkbox({ label: 'Show as table', checked: asTable, change: (now) => model.change({ asTable: now }) })}
      ${
        choices.length > 1
          ? dropdown({
              label: 'Metric of the second chart',
              value: chosen,
              options: choices.map((value) => ({ value, label: metricTitle(value) })),
              change: (metric) => model.change({ metric }),
            })
          : nothing
      }
    </div>`;
  }

  private legend(): TemplateResult {
    const { model } = this;
    return html`<ul class="legend" aria-label="Runs in the charts">
      ${model.shown.map((row) => {
        const name = runName(row);
        return html`<li>
          ${swatch(row.colour)}<button
            class="run"
            title=${`Open the details of ${name}`}
            @click=${(): void => model.select(row.record.id)}
          >
            ${name}</button
          ><button
            class="icon"
            aria-label=${`Take ${name} out of the charts`}
            title="Take out of the charts"
            @click=${(): void => model.toggleShown(row.record.id)}
          >
            ${icon('close')}
          </button>
        </li>`;
      })}
    </ul>`;
  }

  private charts(): TemplateResult {
    const { model } = this;
    const { smoothing, logScale, asTable } = model.ui;
    const { chosen } = this.metric;
    return html`<div class="charts">
      <curve-chart
        heading="Training loss"
        unit="nats a target token, by step"
        metric="loss"
        .series=${lossSeries(model.shown, model.curvesById, smoothing)}
        ?logScale=${logScale}
        ?asTable=${asTable}
        hint="Waiting for the first step."
      ></curve-chart>
      <curve-chart
        heading=${metricTitle(chosen)}
        unit=${chosen === 'loss' ? 'nats a target token, by step' : 'by step'}
        metric=${chosen}
        .series=${metricSeries(model.shown, model.curvesById, chosen)}
        ?logScale=${logScale && chosen === 'loss'}
        ?asTable=${asTable}
        hint=${`Waiting for the first ${metricWord(chosen)} on the dev split.`}
      ></curve-chart>
    </div>`;
  }
}
