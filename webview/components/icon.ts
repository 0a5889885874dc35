import { svg, html } from 'lit';
import type { SVGTemplateResult, TemplateResult } from 'lit';

/** Drawn on a grid of 16 by 16 in strokes of the text's colour; `solid` shapes are filled. */
const drawings = {
  running: svg`<g class="turn"><path d="M8 2.5a5.5 5.5 0 1 1-5.5 5.5"/></g>`,
  finished: svg`<path d="M3 8.6l3.2 3.2L13 4.6"/>`,
  stopped: svg`<rect x="4" y="4" width="8" height="8" rx="1"/>`,
  failed: svg`<circle cx="8" cy="8" r="5.8"/><path d="M6 6l4 4M10 6l-4 4"/>`,
  interrupted: svg`<path d="M8 2.4l6 10.8H2z"/><path d="M8 6.4v3.4M8 11.5v.1"/>`,
  chart: svg`<path d="M2.5 2.5v11h11"/><path d="M5 10.5l2.6-3.6 2.2 1.6 3.2-4.5"/>`,
  pin: svg`<path d="M10 2.2l3.8 3.8-1 .6-2.4 2.4-.3 2.7-1 .9-5.7-5.7 1-.9 2.6-.3L9.4 3.2zM6 10l-3.6 3.6"/>`,
  pinned: svg`<path class="solid" d="M10 2.2l3.8 3.8-1 .6-2.4 2.4-.3 2.7-1 .9-5.7-5.7 1-.9 2.6-.3L9.4 3.2z"/><path d="M6 10l-3.6 3.6"/>`,
  ascending: svg`<path d="M4.5 9.7L8 6.2l3.5 3.5"/>`,
  descending: svg`<path d="M4.5 6.4L8 9.9l3.5-3.5"/>`,
  close: svg`<path d="M4 4l8 8M12 4l-8 8"/>`,
  columns: svg`<rect x="2" y="3" width="12" height="10" rx="1"/><path d="M6 3v10M10 3v10"/>`,
  check: svg`<path d="M3.5 8.5l3 3 6-7"/>`,
  warning: svg`<path d="M8 2.4l6 10.8H2z"/><path d="M8 6.4v3.4M8 11.5v.1"/>`,
  expanded: svg`<path d="M4.5 6.4L8 9.9l3.5-3.5"/>`,
  collapsed: svg`<path d="M6.4 4.5L9.9 8l-3.5 3.5"/>`,
  enlarge: svg`<path d="M8 3v10M3 8h10"/>`,
  reduce: svg`<path d="M3 8h10"/>`,
  whole: svg`<path d="M2.5 6v-3.5h3.5M10 2.5h3.5v3.5M13.5 10v3.5h-3.5M6 13.5h-3.5v-3.5"/>`,
  copy: svg`<rect x="5.5" y="5.5" width="8" height="8" rx="1"/><path d="M10.5 5.5v-3h-8v8h3"/>`,
  edit: svg`<path d="M10.8 2.8l2.4 2.4-7.6 7.6-3 .6.6-3z"/>`,
} satisfies Readonly<Record<string, SVGTemplateResult>>;

export type IconName = keyof typeof drawings;

/** An icon that says nothing by itself: words stand beside it, or a label on its button. */
export function icon(name: IconName): TemplateResult {
  return html`<svg class="glyph glyph-${name}" viewBox="0 0 16 16" aria-hidden="true">${drawings[name]}</svg>`;
}

/** An icon that says a word by itself, to those who do not see it. */
export function wordIcon(name: IconName, word: string): TemplateResult {
  return html`<svg class="glyph glyph-${name}" viewBox="0 0 16 16" role="img" aria-label=${word}>
    ${drawings[name]}
  </svg>`;
}
