import { LitElement, css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { EvaluationRecord } from '../../extension/protocol/evaluation';
import { sharingText } from '../../extension/protocol/evaluationReading';
import { count } from '../state/count';
import type { EvaluationModel } from '../state/evaluationModel';
import { evaluationMetric } from '../state/evaluationSummary';
import { dateTime, decimal, duration, integer } from '../state/format';
import { sharedStyles } from '../theme/sharedStyles';
import { button, controlStyles, dropdown } from './controls';
import { headerStyles } from './headerStyles';
import { icon } from './icon';

const statusWords: Readonly<Record<EvaluationRecord['status'], string>> = {
  running: 'Running',
  finished: 'Finished',
  stopped: 'Stopped',
  failed: 'Failed',
  interrupted: 'Interrupted',
};

/** What is evaluated on what, how far it is, what can be done with it, and what the tables show. */
@customElement('evaluation-header')
export class EvaluationHeader extends LitElement {
  static override styles = [
    sharedStyles,
    controlStyles,
    headerStyles,
    css`
      :host {
        display: block;
        flex: none;
        padding: 10px 16px 8px;
      }
      .line {
        margin-top: 8px;
      }
      .choice {
        align-items: center;
        display: flex;
        gap: 6px;
      }
      vscode-dropdown {
        max-width: 20em;
        min-width: 11em;
      }
      progress {
        width: 12em;
      }
    `,
  ];

  @property({ attribute: false }) model!: EvaluationModel;
  /** Makes the header look again at a model that has changed inside. */
  @property({ attribute: false }) revision = 0;

  override render(): TemplateResult | typeof nothing {
    const { model } = this;
    const { record } = model;
    if (record === undefined) return nothing;
    const { status } = record;
    return html`<div class="head">
        <h1>${record.name}</h1>
        <span class="status status-${status}">${icon(status)}${statusWords[status]}</span>
        <span class="spacer"></span>
        ${this.goingOn(record)} ${this.again(record)}
        ${button({ label: 'Copy Table', press: () => this.dispatchEvent(new Event('copy-table')) })}
        ${button({ label: 'Export', menu: true, press: (event) => this.menu(event) })}
      </div>
      <p class="facts muted">${this.facts(record)}</p>
      ${this.sharing(record)} ${this.progress()}
      <div class="line">${this.choices(record)}</div>`;
  }

  private facts(record: EvaluationRecord): string {
    const { model, datasets, predictors, seconds, rowsPerSecond, provider } = record;
    const rows = datasets.reduce((sum, each) => sum + each.rows, 0);
    const rejected = datasets.reduce((sum, each) => sum + each.rejectedCount, 0);
    const parts = [...new Set(datasets.map(({ part }) => part))];
    return [
      `${count(rows, 'row')}${parts.length === 1 && parts[0] !== 'all' ? ` of the ${parts[0]} part` : ''}`,
      ...(rejected > 0 ? [`${integer(rejected)} could not be used`] : []),
      count(predictors.length, 'predictor'),
      `${model.name} (${model.architecture})`,
      ...(rowsPerSecond === undefined
        ? []
        : [`${decimal(rowsPerSecond)} rows a second${provider === undefined ? '' : ` on ${provider}`}`]),
      ...(seconds > 0 ? [duration(seconds)] : []),
      dateTime(record.createdAt),
    ].join(' · ');
  }

  private sharing(record: EvaluationRecord): TemplateResult | typeof nothing {
    const text = sharingText(record);
    return text === undefined ? nothing : html`<p class="facts muted">${text}</p>`;
  }

  private goingOn({ status, request }: EvaluationRecord): TemplateResult | typeof nothing {
    const { model } = this;
    if (model.live) return button({ label: 'Stop', press: () => model.stop() });
    if (!request || status === 'finished' || status === 'running' || status === 'failed') return nothing;
    return button({
      label: 'Resume',
      primary: true,
      disabled: !model.trusted,
      title: model.trusted ? 'Goes on with the rows that are missing' : 'Running the model needs a trusted workspace',
      press: () => model.resume(),
    });
  }

  private again({ status, request }: EvaluationRecord): TemplateResult | typeof nothing {
    const { model } = this;
    if (!request || status !== 'finished') return nothing;
    const wrong = model.wrongRows().some((rows) => rows.length > 0);
    return button({
      label: 'Evaluate Wrong Ones Again…',
      disabled: !model.trusted || !wrong,
      title: model.trusted
        ? `Asks about the rows that ${model.predictor?.name ?? 'the predictor'} has wrong, and no others`
        : 'Running the model needs a trusted workspace',
      press: () => model.evaluateWrongAgain(),
    });
  }

  private progress(): TemplateResult | typeof nothing {
    const { progress, live, record } = this.model;
    if (!live) {
      const stopped = record?.status === 'stopped' || record?.status === 'interrupted';
      return stopped
        ? html`<p class="facts">
            ${record.reason ?? 'Its process is gone.'} The rows that are answered are kept; Resume asks about the
            others.
          </p>`
        : nothing;
    }
    return html`<div class="line" role="status">
      <progress max="1" .value=${progress?.share ?? 0} aria-label="Progress of the evaluation"></progress>
      <span>${progress?.text ?? 'Starting…'}</span>
    </div>`;
  }

  private choices({ datasets, predictors }: EvaluationRecord): TemplateResult {
    const { model } = this;
    const { metrics, metric, reference, dataset } = model;
    return html`${
      datasets.length > 1
        ? choice(
            'Data set',
            String(dataset),
            datasets.map(({ name }, index) => ({ value: String(index), label: name })),
            (value) => model.chooseDataset(Number(value)),
          )
        : nothing
    }
    ${
      metrics.length > 0
        ? choice(
            'Metric',
            metric,
            metrics.map((value) => ({ value, label: evaluationMetric(value) })),
            (value) => model.change({ metric: value }),
          )
        : nothing
    }
    ${
      predictors.length > 1 && reference
        ? choice(
            'Compared with',
            reference.id,
            predictors.map(({ id, name }) => ({ value: id, label: name })),
            (value) => model.change({ reference: value }),
          )
        : nothing
    }`;
  }

  private menu(event: Event): void {
    this.dispatchEvent(new CustomEvent('export-menu', { detail: event.currentTarget }));
  }
}

function choice(
  label: string,
  value: string,
  options: readonly { readonly value: string; readonly label: string }[],
  change: (value: string) => void,
): TemplateResult {
  return html`<span class="choice"
    ><span aria-hidden="true">${label}</span>${dropdown({ label, value, options, change })}</span
  >`;
}
