import { LitElement, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import { toEvaluationPanel } from '../../extension/protocol/evaluationPanel';
import { extensionHost } from '../host';
import { count } from '../state/count';
import { evaluationReport, rowsCsv, rowsJsonl, summaryTable } from '../state/evaluationExports';
import { EvaluationModel } from '../state/evaluationModel';
import { rowFilters } from '../state/evaluationUiState';
import type { RowFilter } from '../state/evaluationUiState';
import { unsureBelow } from '../state/exampleOrder';
import { integer, percent } from '../state/format';
import { sharedStyles } from '../theme/sharedStyles';
import './announcer';
import type { StatusAnnouncer } from './announcer';
import './classTable';
import './confusionMatrix';
import { button, checkbox, controlStyles, textField } from './controls';
import './evaluationHeader';
import { evaluationPanelStyles } from './evaluationPanelStyles';
import './exampleTable';
import { icon } from './icon';
import { panelFrameStyles } from './panelFrameStyles';
import { messageStyles, warnings, working } from './panelMessages';
import './popupMenu';
import type { MenuItem, PopupMenu } from './popupMenu';
import './predictorTable';
import './reliabilityPlot';
import './transferGrid';

const filterWords: Readonly<Record<RowFilter, string>> = {
  wrong: 'Wrong',
  disagreeing: 'Disagreeing',
  unsure: `Below ${percent(unsureBelow)}`,
  illegal: 'Illegal',
};

/** The whole Evaluation panel. It owns the model and hands it down; what a person does goes straight to the model. */
@customElement('evaluation-panel')
export class EvaluationPanel extends LitElement {
  static override styles = [sharedStyles, controlStyles, messageStyles, panelFrameStyles, evaluationPanelStyles];

  @state() private revision = 0;
  @query('popup-menu') private readonly menu!: PopupMenu;
  @query('status-announcer') private readonly announcer!: StatusAnnouncer;
  private readonly model = new EvaluationModel(extensionHost(toEvaluationPanel), () => {
    this.revision += 1;
  });

  override connectedCallback(): void {
    super.connectedCallback();
    this.model.start();
  }

  override updated(changed: PropertyValues): void {
    super.updated(changed);
    this.announcer.say(this.model.events.splice(0));
  }

  override render(): TemplateResult {
    return html`<main class="panel">${this.content()}<popup-menu></popup-menu></main>
      <status-announcer></status-announcer>`;
  }

  private content(): TemplateResult {
    const { model, revision } = this;
    const { record } = model;
    if (model.phase === 'problem') {
      return html`<div class="message" role="alert">
        ${icon('failed')}
        <h1>The evaluation could not be opened</h1>
        <p>${model.problem}</p>
        <div class="buttons">${button({ label: 'Try Again', primary: true, press: () => model.retry() })}</div>
      </div>`;
    }
    if (model.phase === 'loading' || record === undefined) return working({ text: 'Opening the evaluation…' });
    return html`${warnings(record.remarks)}
      <evaluation-header
        .model=${model}
        .revision=${revision}
        @copy-table=${(): void => this.copyTable()}
        @export-menu=${(event: CustomEvent<HTMLElement>): void => void this.openExports(event.detail)}
      ></evaluation-header>
      ${record.status === 'failed' ? this.failure(record.reason) : nothing}
      ${
        record.predictors.length === 0
          ? html`<div class="message">
              <h1>Nothing has been evaluated yet</h1>
              <p>A run writes here what each of its checkpoints says of these rows, as soon as it looks at them.</p>
            </div>`
          : this.results(record.datasets.length > 1)
      }`;
  }

  private failure(reason: string | undefined): TemplateResult {
    const { model } = this;
    return html`<div class="notice" role="alert">
      ${icon('failed')}<span>${reason ?? 'The evaluation failed.'}</span>
      ${
        model.record?.request
          ? button({ label: 'Try Again', disabled: !model.trusted, press: () => model.resume() })
          : nothing
      }
    </div>`;
  }

  private results(several: boolean): TemplateResult {
    const { model, revision } = this;
    return html`<div class="main">
      <div class="tables">
        <predictor-table .model=${model} .revision=${revision}></predictor-table>
        ${this.toolbar()}
        <example-table .model=${model} .order=${model.order()} .revision=${revision}></example-table>
      </div>
      ${several || model.classes ? this.details(several) : nothing}
    </div>`;
  }

  /** What there is beside the rows; of free texts on one data set nothing is. */
  private details(several: boolean): TemplateResult {
    const { model, revision } = this;
    return html`<div class="aside" role="region" aria-label="Details">
      ${several ? html`<transfer-grid .model=${model} .revision=${revision}></transfer-grid>` : nothing}
      ${model.classes ? html`<confusion-matrix .model=${model} .revision=${revision}></confusion-matrix>` : nothing}
      ${
        model.result?.reliability
          ? html`<reliability-plot .model=${model} .revision=${revision}></reliability-plot>`
          : nothing
      }
      ${model.result?.classes ? html`<class-table .model=${model} .revision=${revision}></class-table>` : nothing}
    </div>`;
  }

  private toolbar(): TemplateResult {
    const { model } = this;
    const { ui, rows } = model;
    const seen = model.order().length;
    const all = model.record?.datasets[model.dataset]?.rows ?? 0;
    const { classes } = model;
    const words = (index: number): string => (index < 0 ? 'none of the labels' : (classes?.[index] ?? String(index)));
    const offered = rowFilters.filter((filter) => filter !== 'illegal' || classes !== undefined);
    return html`<div class="toolbar" role="group" aria-label="Rows">
      ${textField({
        label: 'Search text and target',
        placeholder: 'Search text and target…',
        value: ui.search,
        input: (search) => model.change({ search }),
      })}
      ${offered.map((filter) =>
        checkbox({
          label: filterWords[filter],
          checked: ui.filters.includes(filter),
          change: (on) => model.toggleFilter(filter, on),
        }),
      )}
      ${
        ui.cell === undefined
          ? nothing
          : html`<button class="chip" @click=${(): void => model.showCell(undefined)}>
              ${words(ui.cell.target)} → ${words(ui.cell.predicted)} ${icon('close')}<span class="unseen"
                >, show all again</span
              >
            </button>`
      }
      <span class="count muted">${seen === all ? count(all, 'row') : `${integer(seen)} of ${count(all, 'row')}`}</span>
      ${model.filtered ? button({ label: 'Show All', press: () => model.showAllRows() }) : nothing}
      ${
        rows && model.loaded < 1 && !model.live
          ? html`<progress max="1" .value=${model.loaded} aria-label="Reading the rows"></progress>`
          : nothing
      }
    </div>`;
  }

  private copyTable(): void {
    const { model } = this;
    if (model.record) model.copy(summaryTable(model.record, model.dataset, model.metric, model.reference?.id));
  }

  private async openExports(from: HTMLElement): Promise<void> {
    const box = from.getBoundingClientRect();
    await this.menu.open('Export', () => this.exports(), { x: box.left, y: box.bottom + 2 }, from);
  }

  private exports(): readonly MenuItem[] {
    const { model } = this;
    const { record, rows } = model;
    if (!record || !rows) return [];
    const order = model.order();
    const shown = model.filtered ? 'Shown Rows' : 'Rows';
    return [
      { label: `${shown} as CSV…`, choose: () => model.save('csv', rowsCsv({ record, rows, order })) },
      {
        label: `${shown} as JSONL…`,
        disabled: order.length === 0,
        choose: () => model.save('jsonl', rowsJsonl({ record, rows, order })),
      },
      {
        label: 'Report as Markdown…',
        separated: true,
        choose: () => model.save('md', evaluationReport(record, model.metric, model.reference?.id)),
      },
    ];
  }
}
