import { LitElement, css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { RunRow } from '../../extension/protocol/runsPanel';
import type { PanelModel } from '../state/panelModel';
import { runDetails } from '../state/runDetails';
import { runName } from '../state/runFacts';
import { sharedStyles } from '../theme/sharedStyles';
import { button } from './controls';
import { icon } from './icon';
import { runActions } from './runActions';
import { status } from './status';

/** Everything about one run: what can be done with it, how it went, and what it was made from. */
@customElement('run-details')
export class RunDetails extends LitElement {
  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
        overflow: auto;
        padding: 10px 16px 16px;
      }
      .head {
        align-items: center;
        display: flex;
        gap: 8px;
      }
      h2 {
        font-size: 1.15em;
        font-weight: 600;
        margin: 0;
        min-width: 0;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .head button {
        margin-inline-start: auto;
      }
      .under {
        margin: 2px 0 10px;
      }
      .actions {
        display: flex;
        flex-wrap: wrap;
        gap: 6px;
        margin-bottom: 10px;
      }
      .failure {
        align-items: flex-start;
        background: var(--vscode-inputValidation-errorBackground);
        border: 1px solid var(--vscode-inputValidation-errorBorder);
        color: var(--vscode-inputValidation-errorForeground, var(--vscode-foreground));
        display: flex;
        gap: 8px;
        line-height: 1.4;
        margin: 0 0 10px;
        overflow-wrap: anywhere;
        padding: 8px 10px;
        white-space: pre-wrap;
      }
      .failure.interrupted {
        background: var(--vscode-inputValidation-warningBackground);
        border-color: var(--vscode-inputValidation-warningBorder);
        color: var(--vscode-inputValidation-warningForeground, var(--vscode-foreground));
      }
      .note {
        margin: 0 0 10px;
        overflow-wrap: anywhere;
        white-space: pre-wrap;
      }
      h3 {
        border-top: 1px solid var(--quiet-edge);
        font-size: inherit;
        font-weight: 600;
        margin: 12px 0 4px;
        padding-top: 10px;
      }
      dl {
        display: grid;
        gap: 3px 12px;
        grid-template-columns: 10.8em 1fr;
        margin: 0;
      }
      dt {
        color: var(--vscode-descriptionForeground);
        overflow-wrap: anywhere;
        white-space: pre-wrap;
      }
      dd {
        font-variant-numeric: tabular-nums;
        margin: 0;
        overflow-wrap: anywhere;
      }
      .code {
        font-family: var(--vscode-editor-font-family, monospace);
        font-size: 0.95em;
      }
    `,
  ];

  @property({ attribute: false }) model!: PanelModel;
  @property({ attribute: false }) row!: RunRow;

  override render(): TemplateResult {
    const { row, model } = this;
    const { status: state, reason } = row.record;
    const troubled = state === 'failed' || state === 'interrupted';
    const said = reason ?? (state === 'interrupted' ? interrupted : undefined);
    return html`<section aria-labelledby="name">
      <div class="head">
        <h2 id="name" title=${runName(row)}>${runName(row)}</h2>
        <button class="icon" aria-label="Close details" title="Close details" @click=${this.close}>
          ${icon('close')}
        </button>
      </div>
      <div class="under">${status(row)}</div>
      ${
        troubled && said !== undefined
          ? html`<p class="failure ${state}">${icon(state)}<span>${said}</span></p>`
          : nothing
      }
      <div class="actions" role="group" aria-label="Actions">
        ${runActions
          .filter(({ command }) => model.can(command, row))
          .map(({ command, label, group }) =>
            button({ label, primary: group === 0, press: () => model.command(command, row) }),
          )}
      </div>
      ${row.marks.note === undefined ? nothing : html`<p class="note">${row.marks.note}</p>`}
      ${runDetails(row).map(
        ({ title, facts }) =>
          html`<h3>${title}</h3>
            <dl>
              ${facts.map(
                ({ term, text, code }) =>
                  html`<dt>${term}</dt>
                    <dd class=${code === true ? 'code' : ''}>${text}</dd>`,
              )}
            </dl>`,
      )}
    </section>`;
  }

  private readonly close = (): void => {
    this.dispatchEvent(new Event('close'));
  };
}

const interrupted = 'Its process ended before the run did. What was learned up to the last checkpoint is kept.';
