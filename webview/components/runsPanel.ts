import { LitElement, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import { toRunsPanel } from '../../extension/protocol/runsPanel';
import type { RunRow } from '../../extension/protocol/runsPanel';
import { extensionHost } from '../host';
import { columns } from '../state/columns';
import { integer } from '../state/format';
import { PanelModel } from '../state/panelModel';
import { sharedStyles } from '../theme/sharedStyles';
import type { ActionsEvent } from './actionsEvent';
import './announcer';
import type { StatusAnnouncer } from './announcer';
import './chartsArea';
import { button, controlStyles, textField } from './controls';
import { icon } from './icon';
import { panelFrameStyles } from './panelFrameStyles';
import { messageStyles } from './panelMessages';
import './popupMenu';
import type { PopupMenu } from './popupMenu';
import { runMenu } from './runActions';
import './runDetails';
import { runsPanelStyles } from './runsPanelStyles';
import './runsTable';
import type { RunsTable } from './runsTable';

/** The whole panel. It owns the model and hands it down; what a person does goes straight to the model. */
@customElement('runs-panel')
export class RunsPanel extends LitElement {
  static override styles = [sharedStyles, controlStyles, messageStyles, panelFrameStyles, runsPanelStyles];

  @state() private revision = 0;
  @query('runs-table') private readonly table!: RunsTable | null;
  @query('popup-menu') private readonly menu!: PopupMenu;
  @query('status-announcer') private readonly announcer!: StatusAnnouncer;
  private readonly model = new PanelModel(extensionHost(toRunsPanel), () => {
    this.revision += 1;
  });
  private revealed: string | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.model.start();
  }

  override updated(changed: PropertyValues): void {
    super.updated(changed);
    this.announcer.say(this.model.events.splice(0));
    const selected = this.model.selected?.record.id;
    if (selected !== this.revealed) {
      this.revealed = selected;
      if (selected !== undefined) void this.table?.revealRun(selected);
    }
  }

  override render(): TemplateResult {
    return html`<main class="panel">${this.content()}<popup-menu></popup-menu></main>
      <status-announcer></status-announcer>`;
  }

  private content(): TemplateResult {
    const { model } = this;
    if (model.phase === 'problem') return this.problem();
    if (model.phase === 'loading') {
      return html`<div class="message" role="status">
        ${icon('running')}
        <p>Reading the runs of this workspace…</p>
      </div>`;
    }
    if (model.runCount === 0) return this.empty();
    const rows = model.ordered();
    return html`<h1 class="unseen">Runs</h1>
      ${this.notices()}
      <charts-area .model=${model} .revision=${this.revision}></charts-area>
      ${this.toolbar(rows.length)} ${this.main(rows)}`;
  }

  private notices(): TemplateResult {
    const { model } = this;
    return html`${
      model.trusted
        ? nothing
        : html`<div class="notice">
            ${icon('warning')}<span
              >Restricted mode: runs can be looked at, but nothing is trained in a workspace you do not trust.</span
            >${button({ label: 'Manage Workspace Trust', press: () => model.manageTrust() })}
          </div>`
    }
    ${
      model.problems.length === 0
        ? nothing
        : html`<div class="notice">
            ${icon('warning')}
            <details>
              <summary>
                ${model.problems.length === 1 ? 'One run' : `${model.problems.length} runs`} could not be read
              </summary>
              <ul>
                ${model.problems.map((problem) => html`<li>${problem}</li>`)}
              </ul>
            </details>
          </div>`
    }`;
  }

  private problem(): TemplateResult {
    return html`<div class="message" role="alert">
      ${icon('failed')}
      <h1>The runs could not be read</h1>
      <p>${this.model.problem}</p>
      ${button({ label: 'Try Again', primary: true, press: () => this.model.retry() })}
    </div>`;
  }

  private empty(): TemplateResult {
    const { model } = this;
    return html`${this.notices()}
      <div class="message">
        ${icon('chart')}
        <h1>No runs yet</h1>
        <p>
          Tune Prompt learns a soft prompt for your labelled examples. The frozen model stays as it is, on this machine;
          loss and scores appear here as they come.
        </p>
        ${button({
          label: 'Tune Prompt',
          primary: true,
          disabled: !model.trusted,
          press: () => model.tune(),
        })}
      </div>`;
  }

  private toolbar(seen: number): TemplateResult {
    const { model } = this;
    const all = model.runCount;
    return html`<div class="toolbar" role="group" aria-label="Runs table">
      ${textField({
        label: 'Filter runs',
        placeholder: 'Filter by name, note, status, model, label…',
        value: model.ui.filter,
        input: (filter) => model.change({ filter }),
      })}
      <span class="count muted">${seen === all ? countOf(all) : `${integer(seen)} of ${countOf(all)}`}</span>
      <span class="spacer"></span>
      ${button({ label: 'Columns', menu: true, press: (event) => void this.openColumns(event) })}
      ${button({ label: 'Tune Prompt', primary: true, disabled: !model.trusted, press: () => model.tune() })}
    </div>`;
  }

  private main(rows: readonly RunRow[]): TemplateResult {
    const { model } = this;
    const { selected } = model;
    return html`<div class="main">
      ${
        rows.length === 0
          ? html`<div class="message">
              <p>No run has “${model.ui.filter}”.</p>
              ${button({ label: 'Clear Filter', press: () => model.change({ filter: '' }) })}
            </div>`
          : html`<runs-table
              .model=${model}
              .rows=${rows}
              .revision=${this.revision}
              @actions=${this.openActions}
            ></runs-table>`
      }
      ${
        selected === undefined
          ? nothing
          : html`<run-details
              .model=${model}
              .row=${selected}
              @close=${this.closeDetails}
              @keydown=${(event: KeyboardEvent): void => {
                if (event.key === 'Escape') this.closeDetails();
              }}
            ></run-details>`
      }
    </div>`;
  }

  private readonly closeDetails = (): void => {
    const id = this.model.ui.selected;
    if (id !== undefined) this.table?.focusRun(id);
    this.model.unselect();
  };

  private readonly openActions = ({ row, at, back }: ActionsEvent): void => {
    const edit = (field: 'note' | 'name'): void => this.table?.edit(row.record.id, field);
    void this.menu.open(`Actions of ${row.record.name}`, () => runMenu(this.model, row, edit), at, back);
  };

  private async openColumns(event: Event): Promise<void> {
    const from = event.currentTarget as HTMLElement;
    const box = from.getBoundingClientRect();
    const { model } = this;
    await this.menu.open(
      'Columns',
      () => [
        ...columns
          .filter((column) => column.fixed !== true)
          .map(({ id, title }) => ({
            label: title,
            checked: model.ui.columns.includes(id),
            choose: () => model.toggleColumn(id),
          })),
        { label: 'Reset Columns', separated: true, choose: () => model.resetColumns() },
      ],
      { x: box.left, y: box.bottom + 2 },
      from,
    );
  }
}

function countOf(runs: number): string {
  return runs === 1 ? '1 run' : `${integer(runs)} runs`;
}
