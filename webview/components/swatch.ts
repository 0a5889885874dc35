import { html } from 'lit';
import type { TemplateResult } from 'lit';
import { lineStyle } from '../theme/lineStyles';

/** A piece of a run's line, in its colour and dash pattern. */
export function swatch(colour: number): TemplateResult {
  const { hue, dash } = lineStyle(colour);
  return html`<svg class="swatch" viewBox="0 0 26 10" aria-hidden="true">
    <line class="hue-${hue}" x1="1" y1="5" x2="25" y2="5" stroke-dasharray=${dash.join(' ')} />
  </svg>`;
}
