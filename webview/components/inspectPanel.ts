import { LitElement, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import { toInspectPanel } from '../../extension/protocol/inspectPanel';
import { extensionHost } from '../host';
import { count } from '../state/count';
import { integer } from '../state/format';
import { report, tableCsv, tableJson } from '../state/inspectExports';
import { promptFinding, tokenFinding } from '../state/inspectFindings';
import { InspectModel } from '../state/inspectModel';
import { pngOf, standaloneSvg } from '../state/savedDrawing';
import { sharedStyles } from '../theme/sharedStyles';
import { themeColour } from '../theme/themeController';
import './announcer';
import type { StatusAnnouncer } from './announcer';
import './clusterList';
import { button, controlStyles, textField } from './controls';
import './inspectHeader';
import { inspectPanelStyles } from './inspectPanelStyles';
import './labelList';
import { panelFrameStyles } from './panelFrameStyles';
import { messageStyles, problem, warnings, working } from './panelMessages';
import './popupMenu';
import type { MenuItem, PopupMenu } from './popupMenu';
import './promptMap';
import type { PromptMap } from './promptMap';
import './spectrumChart';
import './tokenTable';
import type { TokenTable } from './tokenTable';

/** The whole Inspect panel. It owns the model and hands it down; what a person does goes straight to the model. */
@customElement('inspect-panel')
export class InspectPanel extends LitElement {
  static override styles = [sharedStyles, controlStyles, messageStyles, panelFrameStyles, inspectPanelStyles];

  @state() private revision = 0;
  @query('token-table') private readonly table!: TokenTable | null;
  @query('prompt-map') private readonly map!: PromptMap | null;
  @query('popup-menu') private readonly menu!: PopupMenu;
  @query('status-announcer') private readonly announcer!: StatusAnnouncer;
  private readonly model = new InspectModel(extensionHost(toInspectPanel), () => {
    this.revision += 1;
  });
  private revealed: number | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.model.start();
  }

  override updated(changed: PropertyValues): void {
    super.updated(changed);
    this.announcer.say(this.model.events.splice(0));
    const { selected } = this.model.ui;
    const last = selected.length === 1 ? selected[0] : undefined;
    if (last !== this.revealed) {
      this.revealed = last;
      if (last !== undefined) void this.table?.reveal(last);
    }
  }

  override render(): TemplateResult {
    return html`<main class="panel">${this.content()}<popup-menu></popup-menu></main>
      <status-announcer></status-announcer>`;
  }

  private content(): TemplateResult {
    const { model } = this;
    if (model.phase === 'problem') {
      return problem({
        title: 'The prompt could not be inspected',
        ...model.problem,
        retry: () => model.retry(),
        chooseModel: () => model.chooseModel(),
        manageTrust: () => model.manageTrust(),
      });
    }
    const { snapshot } = model;
    if (model.phase === 'working' || snapshot === undefined) return working(model.work);
    if (snapshot.tokens.length === 0) {
      return html`<div class="message">
        <h1>The prompt is empty</h1>
        <p>It has no virtual tokens: nothing can be shown.</p>
      </div>`;
    }
    const { revision } = this;
    return html`${warnings(model.inspection?.warnings ?? [])}
      <inspect-header
        .model=${model}
        .revision=${revision}
        @copy-finding=${(): void => this.copyFinding()}
        @export-menu=${(event: CustomEvent<HTMLElement>): void => void this.openExports(event.detail)}
      ></inspect-header>
      ${this.toolbar()}
      <div class=${model.waiting ? 'main waiting' : 'main'} aria-busy=${model.waiting ? 'true' : 'false'}>
        <div class="table">${this.rows()}</div>
        <div class="aside">
          ${
            model.projection === undefined
              ? nothing
              : html`<prompt-map .model=${model} .revision=${revision}></prompt-map>`
          }
          <cluster-list .model=${model} .revision=${revision}></cluster-list>
          <label-list .labels=${model.inspection?.labels ?? []} .step=${snapshot.step}></label-list>
          <spectrum-chart .spectrum=${snapshot.spectrum} .effectiveRank=${snapshot.effectiveRank}></spectrum-chart>
        </div>
      </div>`;
  }

  private toolbar(): TemplateResult {
    const { model } = this;
    const seen = model.ordered().length;
    const all = model.rows.length;
    const chosen = model.ui.selected.length;
    const lit = model.chosenCluster !== undefined || model.tokenId !== undefined;
    return html`<div class="toolbar" role="group" aria-label="Virtual tokens">
      ${textField({
        label: 'Filter by nearest token',
        placeholder: 'Filter by nearest token…',
        value: model.ui.filter,
        input: (filter) => model.change({ filter }),
      })}
      <span class="muted"
        >${seen === all ? count(all, 'virtual token') : `${integer(seen)} of ${count(all, 'virtual token')}`}</span
      >
      ${chosen === 0 ? nothing : html`<span class="muted">${integer(chosen)} selected</span>`}
      ${chosen === 0 ? nothing : button({ label: 'Clear Selection', press: () => model.selectAll([]) })}
      ${
        lit
          ? button({
              label: 'Select Highlighted',
              press: () => model.selectAll([...model.highlight.positions]),
            })
          : nothing
      }
    </div>`;
  }

  private rows(): TemplateResult {
    const { model } = this;
    const rows = model.ordered();
    return rows.length === 0
      ? html`<div class="message">
          <p>No virtual token is near “${model.ui.filter}”.</p>
          ${button({ label: 'Clear Filter', press: () => model.change({ filter: '' }) })}
        </div>`
      : html`<token-table .model=${model} .rows=${rows} .revision=${this.revision}></token-table>`;
  }

  /** What is selected in sentences, a line each; the whole prompt where nothing is. */
  private copyFinding(): void {
    const { source, ui } = this.model;
    if (source === undefined) return;
    const { selected } = ui;
    this.model.copy(
      selected.length === 0
        ? promptFinding(source)
        : selected.map((position) => tokenFinding(source, position)).join('\n'),
    );
  }

  private async openExports(from: HTMLElement): Promise<void> {
    const box = from.getBoundingClientRect();
    await this.menu.open('Export', () => this.exports(), { x: box.left, y: box.bottom + 2 }, from);
  }

  private exports(): readonly MenuItem[] {
    const { model } = this;
    const { source } = model;
    if (source === undefined) return [];
    const drawing = (): string => standaloneSvg(this.map!.drawing!, themeColour('editor-background'));
    const noMap = this.map?.drawing == null;
    return [
      { label: 'Map as SVG…', disabled: noMap, choose: () => model.save('svg', drawing()) },
      {
        label: 'Map as PNG…',
        disabled: noMap,
        choose: () => void pngOf(drawing()).then((png) => model.save('png', png)),
      },
      { label: 'Table as CSV…', separated: true, choose: () => model.save('csv', tableCsv(model.ordered())) },
      { label: 'Table as JSON…', choose: () => model.save('json', tableJson(source)) },
      {
        label: 'Report as Markdown…',
        separated: true,
        choose: () => model.save('md', report(source, model.inspection?.labels ?? [])),
      },
    ];
  }
}
