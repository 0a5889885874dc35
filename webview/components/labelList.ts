import { LitElement, css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { LabelPersistence } from '../../extension/protocol/inspection';
import { integer } from '../state/format';
import { visibleText } from '../state/visibleText';
import { sharedStyles } from '../theme/sharedStyles';
import { icon } from './icon';
import { chipStyles } from './tokenTableStyles';

/** Where the words of each label are among the nearest tokens at one checkpoint, and since when not where they began. */
@customElement('label-list')
export class LabelList extends LitElement {
  static override styles = [
    sharedStyles,
    chipStyles,
    css`
      :host {
        display: block;
      }
      h2 {
        font-size: inherit;
        font-weight: 600;
        margin: 0 0 4px;
      }
      ul {
        display: grid;
        gap: 3px;
        list-style: none;
        margin: 0;
        padding: 0;
      }
      li {
        align-items: baseline;
        display: flex;
        gap: 6px;
      }
      .glyph {
        align-self: center;
      }
      .chip {
        cursor: default;
      }
    `,
  ];

  @property({ attribute: false }) labels: readonly LabelPersistence[] = [];
  /** Step of the checkpoint shown. */
  @property({ attribute: false }) step: number | undefined;

  override render(): TemplateResult | typeof nothing {
    if (this.labels.length === 0) return nothing;
    return html`<section aria-labelledby="title">
      <h2 id="title">Labels</h2>
      <ul>
        ${this.labels.map((label) => this.label(label))}
      </ul>
    </section>`;
  }

  private label({ words, position, found, lostAt }: LabelPersistence): TemplateResult {
    const here = found.find(({ step }) => step === this.step)?.positions;
    const there = here !== undefined && here.length > 0;
    const where =
      here === undefined
        ? 'not looked for yet'
        : there
          ? `near virtual ${here.length === 1 ? 'token' : 'tokens'} ${here.join(', ')}`
          : 'near no virtual token';
    const began = position === undefined ? '' : `; began at ${position}`;
    const lost = lostAt === undefined ? '' : `, gone from there since step ${integer(lostAt)}`;
    return html`<li>
      ${here === undefined ? nothing : icon(there ? 'check' : 'close')}<span class="chip">${visibleText(words)}</span
      ><span class="muted">${where}${began}${lost}</span>
    </li>`;
  }
}
