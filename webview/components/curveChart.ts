import { LitElement, css, html, nothing, unsafeCSS } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import uPlot from 'uplot';
import uplotCss from 'uplot/dist/uPlot.min.css';
import { decimal, integer } from '../state/format';
import { score } from '../state/runFacts';
import { chartSummary, spacedIndices } from '../state/series';
import type { Series } from '../state/series';
import { sharedStyles } from '../theme/sharedStyles';
import { lineStyle } from '../theme/lineStyles';
import { ThemeController, isHighContrast, themeColour } from '../theme/themeController';
import { swatch } from './swatch';

/** Most rows of the table that stands for a chart. */
const mostTableRows = 60;

/** Opacity of the raw values behind a smoothed line. */
const rawOpacity = 0.3;

interface Readout {
  readonly step: number;
  readonly values: readonly { readonly name: string; readonly colour: number; readonly text: string }[];
}

/** Lines of several runs over the steps, drawn on a canvas, with the same in words and, when wanted, as a table of numbers. */
@customElement('curve-chart')
export class CurveChart extends LitElement {
  static override styles = [
    unsafeCSS(uplotCss),
    sharedStyles,
    css`
      :host {
        display: flex;
        flex-direction: column;
        min-width: 0;
      }
      header {
        align-items: baseline;
        display: flex;
        gap: 8px;
        min-height: 20px;
      }
      h3 {
        font-size: inherit;
        font-weight: 600;
        margin: 0;
        white-space: nowrap;
      }
      .unit {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .drawing {
        flex: 1;
        height: 100%;
        min-height: 0;
        overflow: hidden;
        position: relative;
      }
      .plot {
        inset: 0;
        position: absolute;
      }
      .u-cursor-x {
        border-right: 1px solid var(--vscode-descriptionForeground) !important;
      }
      .readout {
        background: var(--vscode-editorHoverWidget-background);
        border: 1px solid var(--vscode-editorHoverWidget-border, var(--vscode-contrastBorder, transparent));
        border-radius: 4px;
        color: var(--vscode-editorHoverWidget-foreground);
        font-variant-numeric: tabular-nums;
        max-width: 70%;
        padding: 3px 8px;
        pointer-events: none;
        position: absolute;
        right: 8px;
        top: 4px;
        z-index: 10;
      }
      .readout div {
        align-items: center;
        display: flex;
        gap: 6px;
        white-space: nowrap;
      }
      .readout span {
        overflow: hidden;
        text-overflow: ellipsis;
      }
      .empty {
        align-items: center;
        display: flex;
        inset: 0;
        justify-content: center;
        position: absolute;
      }
      .numbers {
        flex: 1;
        overflow: auto;
      }
      table {
        border-collapse: collapse;
        font-variant-numeric: tabular-nums;
      }
      th,
      td {
        border-bottom: 1px solid var(--quiet-edge);
        font-weight: normal;
        line-height: 1.6;
        max-width: 14em;
        overflow: hidden;
        padding: 0 10px;
        text-align: end;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      thead th {
        background: var(--ground);
        font-weight: 600;
        position: sticky;
        top: 0;
      }
    `,
  ];

  @property() heading = '';
  @property() unit = '';
  @property() metric = 'loss';
  @property({ attribute: false }) series: readonly Series[] = [];
  @property({ type: Boolean }) logScale = false;
  @property({ type: Boolean }) asTable = false;
  /** Said where there is nothing to draw. */
  @property() hint = '';
  @state() private readout: Readout | undefined;
  private plot: uPlot | undefined;
  /** What the drawing was made for; with another one it is made anew rather than given new data. */
  private drawn = '';
  private readonly resized = new ResizeObserver(() => this.fit());

  constructor() {
    super();
    new ThemeController(this, () => {
      this.drawn = '';
      this.requestUpdate();
    });
  }

  override disconnectedCallback(): void {
    this.discard();
    this.resized.disconnect();
    super.disconnectedCallback();
  }

  override render(): TemplateResult {
    const summary = chartSummary(this.heading, this.metric, this.series);
    const empty = this.series.length === 0;
    return html`
      <header>
        <h3>${this.heading}</h3>
        <span class="unit muted">${this.unit}</span>
      </header>
      ${
        this.asTable && !empty
          ? this.table()
          : html`<div class="drawing" @pointerleave=${(): void => void (this.readout = undefined)}>
              <div class="plot" role=${empty ? 'none' : 'img'} aria-label=${empty ? nothing : summary}></div>
              ${empty ? html`<div class="empty muted">${this.hint}</div>` : nothing}
              ${this.readout === undefined ? nothing : this.hover(this.readout)}
            </div>`
      }
    `;
  }

  override updated(changed: PropertyValues): void {
    super.updated(changed);
    if (changed.size === 1 && changed.has('readout')) return;
    const target = this.renderRoot.querySelector<HTMLElement>('.plot');
    if (target === null || this.series.length === 0) {
      this.discard();
      return;
    }
    const looks = this.series.map(({ id, colour, smoothed }) => `${id} ${colour} ${smoothed !== undefined}`);
    const key = JSON.stringify([looks, this.logScale, this.metric]);
    if (this.plot !== undefined && key === this.drawn && this.plot.root.parentElement === target) {
      this.plot.setData(this.data());
      return;
    }
    this.discard();
    this.drawn = key;
    this.plot = new uPlot(this.options(target), this.data(), target);
    this.resized.observe(target);
  }

  private hover({ step, values }: Readout): TemplateResult {
    return html`<div class="readout" aria-hidden="true">
      <div class="muted">Step ${integer(step)}</div>
      ${values.map(({ name, colour, text }) => html`<div>${swatch(colour)}<span>${name}</span> ${text}</div>`)}
    </div>`;
  }

  private table(): TemplateResult {
    const all = [...new Set(this.series.flatMap(({ steps }) => steps))].sort((a, b) => a - b);
    const steps = spacedIndices(all.length, mostTableRows).map((index) => all[index]!);
    const lines = this.series.map(({ name, steps: own, values, smoothed }) => ({
      name,
      at: new Map(own.map((step, index) => [step, (smoothed ?? values)[index]!])),
    }));
    return html`<div class="numbers" tabindex="0" role="region" aria-label=${`${this.heading} as a table`}>
      <table>
        <thead>
          <tr>
            <th scope="col">Step</th>
            ${lines.map(({ name }) => html`<th scope="col" title=${name}>${name}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${steps.map(
            (step) =>
              html`<tr>
                <th scope="row">${integer(step)}</th>
                ${lines.map(({ at }) => {
                  const value = at.get(step);
                  return html`<td>${value === undefined ? '' : score(this.metric, value)}</td>`;
                })}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }

  private discard(): void {
    this.plot?.destroy();
    this.plot = undefined;
    this.drawn = '';
    this.resized.disconnect();
  }

  private fit(): void {
    const target = this.plot?.root.parentElement;
    if (this.plot === undefined || target == null) return;
    const { clientWidth: width, clientHeight: height } = target;
    if (width > 0 && height > 0 && (width !== this.plot.width || height !== this.plot.height)) {
      this.plot.setSize({ width, height });
    }
  }

  /** Steps of all lines in one row; where a line has no value at a step, it is drawn through. */
  private data(): uPlot.AlignedData {
    const drawable = (values: readonly number[]): (number | null)[] =>
      values.map((value) => (Number.isFinite(value) && !(this.logScale && value <= 0) ? value : null));
    const tables = this.series.map(({ steps, values, smoothed }): uPlot.AlignedData =>
      smoothed === undefined ? [[...steps], drawable(values)] : [[...steps], drawable(values), drawable(smoothed)],
    );
    return tables.length === 0 ? [[]] : uPlot.join(tables);
  }

  private options(target: HTMLElement): uPlot.Options {
    const text = themeColour('foreground');
    const contrast = isHighContrast();
    const quiet = contrast ? themeColour('contrastBorder') : themeColour('descriptionForeground');
    const grid = themeColour('editorIndentGuide-background1', 'descriptionForeground');
    const font = `${themeColour('font-size') || '13px'} ${themeColour('font-family') || 'sans-serif'}`.replace(
      /^(\d+(\.\d+)?)px/,
      (_, size: string) => `${Math.max(9, Number(size) - 2)}px`,
    );
    const fraction = this.metric !== 'loss';
    const axis = {
      font,
      stroke: text,
      // Lines in full contrast would compete with the curves.
      grid: { show: !contrast, stroke: grid, width: 1 },
      ticks: { show: contrast, stroke: text, width: 1, size: 4 },
      border: { show: true, stroke: quiet, width: 1 },
    };
    return {
      width: Math.max(1, target.clientWidth),
      height: Math.max(1, target.clientHeight),
      padding: [10, 14, 0, 0],
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
      scales: {
        x: { time: false },
        y: {
          ...(this.logScale
            ? { distr: logarithmic, range: ratioRange }
            : { range: fraction ? fractionRange : positiveRange }),
        },
      },
      axes: [
        { ...axis, size: 26, space: 60, incrs: wholeSteps, values: (_, splits) => splits.map(integer) },
        {
          ...axis,
          size: 54,
          space: 30,
          values: (_, splits): string[] =>
            splits.map((value: number | null) =>
              value === null ? '' : fraction ? score(this.metric, value) : decimal(value),
            ),
        },
      ],
      series: [{}, ...this.series.flatMap((line) => this.lines(line))],
      hooks: { setCursor: [(plot): void => this.point(plot)] },
    };
  }

  private lines({ colour, smoothed, name, values }: Series): readonly uPlot.Series[] {
    const { hue, dash } = lineStyle(colour);
    const stroke = themeColour(`charts-${hue}`);
    const look = { label: name, stroke, width: 2, dash: [...dash] };
    const sparse = values.length <= 40;
    const points = { show: sparse, size: 6, fill: stroke };
    if (smoothed === undefined) return [{ ...look, points }];
    return [
      { ...look, width: 1, dash: [], alpha: isHighContrast() ? 0.5 : rawOpacity, points: { show: false } },
      { ...look, points: { show: false } },
    ];
  }

  /** Says the values under the pointer: of each line that reaches there, the last one up to that step. */
  private point(plot: uPlot): void {
    const { idx } = plot.cursor;
    const step = idx == null ? undefined : plot.data[0][idx];
    if (step === undefined) {
      this.readout = undefined;
      return;
    }
    const values = this.series.flatMap(({ name, colour, steps, values: raw, smoothed }) => {
      const at = steps.findLastIndex((each) => each <= step);
      const value = (smoothed ?? raw)[at];
      return value === undefined || step > steps.at(-1)! ? [] : [{ name, colour, text: score(this.metric, value) }];
    });
    this.readout = { step, values };
  }
}

// eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- the enum exists in uPlot's types only, not at run time
const logarithmic: uPlot.Scale.Distr = 3;

const wholeSteps = [1, 2, 5]
  .flatMap((digit) => [0, 1, 2, 3, 4, 5, 6].map((power) => digit * 10 ** power))
  .sort((a, b) => a - b);

/** A little air around the values, but never beyond what a fraction can be. */
function fractionRange(_: uPlot, least: number | null, most: number | null): uPlot.Range.MinMax {
  if (least === null || most === null) return [0, 1];
  const air = Math.max(0.02, (most - least) * 0.1);
  return [Math.max(0, least - air), Math.min(1, most + air)];
}

/** A little air around the values of a logarithmic scale. */
function ratioRange(_: uPlot, least: number | null, most: number | null): uPlot.Range.MinMax {
  return least === null || most === null ? [0.1, 10] : [least / 1.15, most * 1.15];
}

/** A little air around the values; a loss is never below zero. */
function positiveRange(_: uPlot, least: number | null, most: number | null): uPlot.Range.MinMax {
  if (least === null || most === null) return [0, 1];
  const air = Math.max((most - least) * 0.08, Math.abs(most) * 1e-3, 1e-6);
  return [least >= 0 ? Math.max(0, least - air) : least - air, most + air];
}
