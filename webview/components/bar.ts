import { html, svg } from 'lit';
import type { TemplateResult } from 'lit';
import { scaleLinear } from 'd3-scale';

/** A horizontal bar from zero to a value. Its number stands beside it, so it says nothing to a screen reader. */
export function bar(value: number, domain: readonly [number, number], marks: readonly number[] = []): TemplateResult {
  const x = scaleLinear([Math.min(0, domain[0]), Math.max(0, domain[1])], [0, 100]).clamp(true);
  const [from, to] = [x(0), x(value)].toSorted((a, b) => a - b) as [number, number];
  return html`<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
    <rect class="track" x="0" y="3" width="100" height="4" />
    <rect class=${value < 0 ? 'value worse' : 'value'} x=${from} y="2" width=${Math.max(0.5, to - from)} height="6" />
    ${marks.map((mark) => svg`<line class="mark" x1=${x(mark)} x2=${x(mark)} y1="0" y2="10" />`)}
  </svg>`;
}
