import { LitElement, css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { count } from '../state/count';
import { integer } from '../state/format';
import type { InspectModel } from '../state/inspectModel';
import { positionWords } from '../state/runFacts';
import { sharedStyles } from '../theme/sharedStyles';
import { button, controlStyles } from './controls';
import { headerStyles } from './headerStyles';
import { rangeStyles } from './rangeStyles';

/** What is inspected, in figures; the slider over the run's checkpoints; what can be done with it all. */
@customElement('inspect-header')
export class InspectHeader extends LitElement {
  static override styles = [
    sharedStyles,
    controlStyles,
    headerStyles,
    rangeStyles,
    css`
      :host {
        display: block;
        padding: 10px 16px 8px;
      }
      .line {
        margin-top: 6px;
      }
      label {
        align-items: center;
        display: flex;
        flex: 1 1 22em;
        gap: 8px;
        max-width: 48em;
      }
      input[type='range'] {
        flex: 1;
        min-width: 6em;
      }
      .step {
        font-variant-numeric: tabular-nums;
        min-width: 9em;
      }
      .measuring {
        align-items: center;
        display: flex;
        gap: 8px;
      }
      progress {
        width: 10em;
      }
      .failed {
        color: var(--vscode-errorForeground);
        overflow-wrap: anywhere;
      }
    `,
  ];

  @property({ attribute: false }) model!: InspectModel;
  /** Makes the header look again at a model that has changed inside. */
  @property({ attribute: false }) revision = 0;

  override render(): TemplateResult {
    const { model } = this;
    const { inspection, snapshot } = model;
    if (inspection === undefined || snapshot === undefined) return html``;
    const { prompt, model: frozen } = inspection;
    const { baseline, effectiveRank, spectrum, duplicates } = snapshot;
    return html`<div class="head">
        <h1>${prompt.run?.name ?? prompt.name}</h1>
        <span class="spacer"></span>
        ${button({ label: 'Copy as Finding', press: () => this.dispatchEvent(new Event('copy-finding')) })}
        ${button({ label: 'Export', menu: true, press: (event) => this.menu(event) })}
        ${button({ label: 'Compare…', press: () => model.open('diff') })}
        ${button({ label: 'Show as Text', press: () => model.open('openText') })}
      </div>
      <p class="facts muted">
        ${count(prompt.length, 'virtual token')} of width ${integer(prompt.width)}${positionWords(prompt.position)} ·
        ${frozen.name} (${frozen.architecture}, ${integer(frozen.vocabulary)} tokens) ·
        <strong>${baseline.meaningful} of ${snapshot.tokens.length}</strong> neighbour lists are meaningful (cosine
        above ${baseline.threshold.toFixed(3)}, the 99th percentile of ${integer(baseline.vectors)} random vectors) ·
        effective rank ${effectiveRank.toFixed(1)} of ${spectrum.length} ·
        ${count(duplicates.length, 'near-duplicate pair')}
      </p>
      <div class="line">${this.slider()}<span class="spacer"></span>${this.effects()}</div>`;
  }

  private slider(): TemplateResult | typeof nothing {
    const { model } = this;
    const { steps, snapshot, inspection } = model;
    if (steps.length < 2 || snapshot === undefined) return nothing;
    const wanted = model.ui.step ?? snapshot.step ?? steps[0]!;
    const best = inspection?.checkpoints.find((each) => each.best)?.step;
    const words = `step ${integer(wanted)}${wanted === best ? ', best' : ''}${model.waiting ? ', being looked at' : ''}`;
    return html`<label
      >Checkpoint
      <input
        type="range"
        min="0"
        max=${steps.length - 1}
        step="1"
        .value=${String(Math.max(0, steps.indexOf(wanted)))}
        aria-valuetext=${words}
        @input=${(event: Event): void => {
          const step = steps[Number((event.target as HTMLInputElement).value)];
          if (step !== undefined) model.showStep(step);
        }}
      /><span class="step" aria-hidden="true">${words}</span></label
    >`;
  }

  private effects(): TemplateResult {
    const { model } = this;
    const state = model.effectsState;
    if (state?.phase === 'measuring') {
      return html`<span class="measuring" role="status">
        <span>${state.text}</span>
        <progress max="1" .value=${state.share ?? 0} aria-label="Measuring effects"></progress>
        ${button({ label: 'Cancel', press: () => model.cancelEffects() })}
      </span>`;
    }
    const measured = state?.phase === 'measured' ? state.effects : undefined;
    return html`${
      measured === undefined
        ? nothing
        : html`<span class="muted">effects on ${integer(measured.rows)} of ${integer(measured.rowsOf)} rows</span>`
    }
    ${state?.phase === 'failed' ? html`<span class="failed" role="alert">${state.message}</span>` : nothing}
    ${button({
      label: measured === undefined ? 'Measure Effects' : 'Measure Again',
      disabled: !model.trusted,
      title: model.trusted
        ? 'Leaves out each virtual token in turn and scores the dev split'
        : 'Running the model needs a trusted workspace',
      press: () => model.measureEffects(),
    })}`;
  }

  private menu(event: Event): void {
    this.dispatchEvent(new CustomEvent('export-menu', { detail: event.currentTarget }));
  }
}
