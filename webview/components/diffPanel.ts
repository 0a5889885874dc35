import { LitElement, css, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import { toDiffPanel } from '../../extension/protocol/diffPanel';
import { tokenChanges } from '../../extension/protocol/inspection';
import type { ComparedPrompt, PromptDiff } from '../../extension/protocol/inspection';
import { extensionHost } from '../host';
import { count } from '../state/count';
import { changeCounts, promptWords } from '../state/diffFinding';
import { DiffModel } from '../state/diffModel';
import { integer } from '../state/format';
import { positionWords } from '../state/runFacts';
import { sharedStyles } from '../theme/sharedStyles';
import './announcer';
import type { StatusAnnouncer } from './announcer';
import { button, controlStyles, dropdown } from './controls';
import './diffFacts';
import { changeWords } from './diffTable';
import type { DiffTable } from './diffTable';
import { headerStyles } from './headerStyles';
import './heatMap';
import { inspectPanelStyles } from './inspectPanelStyles';
import { panelFrameStyles } from './panelFrameStyles';
import { messageStyles, problem, warnings, working } from './panelMessages';

/** The whole Diff panel. It owns the model and hands it down; what a person does goes straight to the model. */
@customElement('diff-panel')
export class DiffPanel extends LitElement {
  static override styles = [
    sharedStyles,
    controlStyles,
    messageStyles,
    panelFrameStyles,
    headerStyles,
    inspectPanelStyles,
    css`
      header {
        padding: 10px 16px 8px;
      }
      dl {
        display: grid;
        gap: 2px 10px;
        grid-template-columns: auto 1fr;
        margin: 6px 0 0;
      }
      dt {
        font-weight: 600;
      }
      dd {
        margin: 0;
        overflow-wrap: anywhere;
      }
      diff-table {
        flex: 1;
      }
      diff-facts {
        border-top: 1px solid var(--edge);
        flex: none;
      }
    `,
  ];

  @state() private revision = 0;
  @query('diff-table') private readonly table!: DiffTable | null;
  @query('status-announcer') private readonly announcer!: StatusAnnouncer;
  private readonly model = new DiffModel(extensionHost(toDiffPanel), () => {
    this.revision += 1;
  });
  private revealed: unknown;

  override connectedCallback(): void {
    super.connectedCallback();
    this.model.start();
  }

  override updated(changed: PropertyValues): void {
    super.updated(changed);
    this.announcer.say(this.model.events.splice(0));
    const { marked } = this.model;
    if (marked !== this.revealed) {
      this.revealed = marked;
      if (marked !== undefined) void this.table?.reveal(marked);
    }
  }

  override render(): TemplateResult {
    return html`<main class="panel">${this.content()}</main>
      <status-announcer></status-announcer>`;
  }

  private content(): TemplateResult {
    const { model, revision } = this;
    if (model.phase === 'problem') {
      return problem({
        title: 'The prompts could not be compared',
        ...model.problem,
        retry: () => model.retry(),
        chooseModel: () => model.ask('chooseModel'),
        manageTrust: () => model.ask('manageTrust'),
      });
    }
    const { diff } = model;
    if (model.phase === 'working' || diff === undefined) return working(model.work);
    const { rows } = model;
    return html`${warnings(diff.warnings)} ${this.header(diff)} ${this.toolbar(diff, rows.length)}
      <div class="main">
        <div class="table">
          ${
            rows.length === 0
              ? html`<div class="message">
                  <p>No position has this change.</p>
                  ${button({ label: 'Show All', press: () => model.showOnly(undefined) })}
                </div>`
              : html`<diff-table .model=${model} .rows=${rows} .revision=${revision}></diff-table>`
          }
        </div>
        <div class="aside">
          <heat-map .model=${model} .revision=${revision}></heat-map>
          <diff-facts .diff=${diff}></diff-facts>
        </div>
      </div>`;
  }

  private header({ a, b, model }: PromptDiff): TemplateResult {
    return html`<header>
      <div class="head">
        <h1>Compared: ${promptWords(a)} and ${promptWords(b)}</h1>
        <span class="spacer"></span>
        ${button({ label: 'Copy as Finding', press: () => this.model.copyFinding() })}
        ${button({ label: 'Swap', title: 'Compare the other way round', press: () => this.model.ask('swap') })}
        ${button({ label: 'As Text', title: 'Compare their readable forms in the editor', press: () => this.model.ask('openText') })}
        ${button({ label: 'Inspect A', press: () => this.model.inspect('a') })}
        ${button({ label: 'Inspect B', press: () => this.model.inspect('b') })}
      </div>
      <dl>
        <dt>A</dt>
        <dd>${described(a)}</dd>
        <dt>B</dt>
        <dd>${described(b)}</dd>
        <dt>Model</dt>
        <dd>${model.name} (${model.architecture}, ${integer(model.vocabulary)} tokens)</dd>
      </dl>
    </header>`;
  }

  private toolbar(diff: PromptDiff, seen: number): TemplateResult {
    const { model } = this;
    const all = diff.tokens.length;
    const counts = changeCounts(diff);
    return html`<div class="toolbar" role="group" aria-label="Differences">
      ${dropdown({
        label: 'Changes shown',
        value: model.ui.change ?? 'all',
        options: [
          { value: 'all', label: 'All changes' },
          ...tokenChanges.map((value) => ({ value, label: changeWords[value] })),
        ],
        change: (value) => model.showOnly(tokenChanges.find((each) => each === value)),
      })}
      <span class="muted"
        >${seen === all ? count(all, 'row') : `${integer(seen)} of ${count(all, 'row')}`}${
          counts.length === 0
            ? nothing
            : `: ${counts.map(({ change, count: number }) => `${integer(number)} ${changeWords[change]}`).join(', ')}`
        }</span
      >
    </div>`;
  }
}

function described({ length, width, position, path, model }: ComparedPrompt): string {
  const learned = model === undefined ? '' : `, learned for ${model}`;
  return `${count(length, 'virtual token')} of width ${integer(width)}${positionWords(position)}${learned} · ${path}`;
}
