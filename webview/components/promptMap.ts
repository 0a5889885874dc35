import { LitElement, html, nothing, svg } from 'lit';
import type { PropertyValues, SVGTemplateResult, TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { symbol, symbolDiamond } from 'd3-shape';
import type { MapPoint, Projection, ProjectionMethod } from '../../extension/protocol/inspection';
import type { InspectModel } from '../state/inspectModel';
import { integer, percent } from '../state/format';
import { extentOf, fittingLabels, placer, pointAfterKey, wholeView, zoomed } from '../state/mapView';
import type { Extent, View } from '../state/mapView';
import { spokenText, visibleText } from '../state/visibleText';
import { sharedStyles } from '../theme/sharedStyles';
import { dropdown } from './controls';
import { icon } from './icon';
import { promptMapStyles } from './promptMapStyles';

/** A point of the map: a virtual token, or a token of the vocabulary. */
interface Mark {
  readonly key: string;
  readonly at: MapPoint;
  readonly position?: number;
  readonly id?: number;
  readonly text: string;
  readonly label: string;
  readonly lit: boolean;
  readonly selected: boolean;
}

const methodTitles: Readonly<Record<ProjectionMethod, string>> = { pca: 'PCA', umap: 'UMAP' };

/**
 * Prompt and neighbours in two dimensions. One tab stop; arrow keys go from point to point, Space and Enter select, + - and 0
 * change the enlargement, Shift with arrows moves the view. Wheel and dragging do the same.
 */
@customElement('prompt-map')
export class PromptMap extends LitElement {
  static override styles = [sharedStyles, promptMapStyles];

  @property({ attribute: false }) model!: InspectModel;
  /** Makes the map look again at a model that has changed inside. */
  @property({ attribute: false }) revision = 0;
  @state() private view: View = wholeView;
  @state() private width = 0;
  @state() private height = 0;
  @state() private held = false;
  /** Key of the mark at which the keyboard stands. */
  @state() private at = 'v0';
  /** Key of the mark under the pointer. */
  @state() private hovered = '';
  private focusWanted = false;
  private marks: readonly Mark[] = [];
  /** What has been seen of the plane, a method each. */
  private readonly extents = new Map<ProjectionMethod, Extent>();
  private readonly resized = new ResizeObserver(() => this.measure());

  /** The drawing, for saving. */
  get drawing(): SVGSVGElement | null {
    return this.renderRoot.querySelector<SVGSVGElement>('svg.map');
  }

  override firstUpdated(): void {
    // Called back once the page has been laid out: asking for a size before would lay it out once more.
    this.resized.observe(this.renderRoot.querySelector('.drawing')!);
  }

  override disconnectedCallback(): void {
    this.resized.disconnect();
    super.disconnectedCallback();
  }

  override willUpdate(): void {
    const { projection } = this.model;
    if (projection === undefined) return;
    const points = [...projection.virtualTokens, ...projection.neighbours.map(({ point }) => point)];
    if (points.length > 0) {
      this.extents.set(projection.method, extentOf(points, this.extents.get(projection.method)));
      this.marks = this.place(projection);
    }
    if (!this.marks.some(({ key }) => key === this.at)) this.at = this.marks[0]?.key ?? 'v0';
  }

  override updated(changed: PropertyValues): void {
    super.updated(changed);
    if (!this.focusWanted) return;
    this.focusWanted = false;
    this.renderRoot.querySelector<SVGElement>('.mark[tabindex="0"]')?.focus();
  }

  override render(): TemplateResult {
    const { projection } = this.model;
    const methods = this.model.snapshot?.projections.map(({ method }) => method) ?? [];
    const words = projection?.neighbours.length ?? 0;
    return html`<div class="bar">
        <h2>Map</h2>
        <span class="spacer"></span>
        ${
          methods.length > 1
            ? dropdown({
                label: 'Projection',
                value: projection?.method ?? 'pca',
                options: methods.map((value) => ({ value, label: methodTitles[value] })),
                change: (value) => this.model.change({ method: value === 'umap' ? 'umap' : 'pca' }),
              })
            : nothing
        }
        <button class="icon" aria-label="Enlarge" title="Enlarge (+)" @click=${(): void => this.zoom(1.5)}>
          ${icon('enlarge')}
        </button>
        <button class="icon" aria-label="Reduce" title="Reduce (-)" @click=${(): void => this.zoom(1 / 1.5)}>
          ${icon('reduce')}
        </button>
        <button
          class="icon"
          aria-label="Show all"
          title="Show all (0)"
          @click=${(): void => void (this.view = wholeView)}
        >
          ${icon('whole')}
        </button>
      </div>
      <div class="drawing">
        <svg
          class=${this.held ? 'map held' : 'map'}
          width=${this.width}
          height=${this.height}
          role="listbox"
          aria-multiselectable="true"
          aria-label=${`Map of ${integer(projection?.virtualTokens.length ?? 0)} virtual tokens and ${integer(words)} tokens near them`}
          @keydown=${this.press}
          @wheel=${this.wheel}
          @pointerdown=${this.hold}
          @pointerover=${(event: Event): void => {
            this.hovered = (event.target as Element).closest<SVGElement>('.mark')?.dataset['key'] ?? '';
          }}
        >
          ${this.drawn()}
        </svg>
      </div>
      <div class="axes muted">${axesWords(projection)}</div>`;
  }

  /** All marks in pixels, tokens of the vocabulary below the virtual ones. */
  private place(projection: Projection): readonly Mark[] {
    const extent = this.extents.get(projection.method)!;
    const place = placer(extent, this.view, this.width, this.height);
    const { highlight, ui, snapshot } = this.model;
    const chosen = new Set(ui.selected);
    const virtual = projection.virtualTokens.map((point, position): Mark => {
      const near = snapshot?.tokens[position]?.neighbours[0];
      return {
        key: `v${position}`,
        at: place(point),
        position,
        text: String(position),
        label: `Virtual token ${position}${near === undefined ? '' : `, nearest ${spokenText(near.text)}`}`,
        lit: highlight.positions.has(position),
        selected: chosen.has(position),
      };
    });
    const words = projection.neighbours.map(({ id, text, point }): Mark => ({
      key: `t${id}`,
      at: place(point),
      id,
      text: visibleText(text),
      label: `Token ${spokenText(text)}`,
      lit: highlight.ids.has(id),
      selected: false,
    }));
    return [...virtual, ...words];
  }

  private drawn(): readonly SVGTemplateResult[] {
    if (this.width === 0) return [];
    const { highlight } = this.model;
    const anyLit = highlight.positions.size + highlight.ids.size > 0;
    // What is selected or lit is labelled first; then the virtual tokens, then the words.
    const order = this.marks.toSorted((a, b) => rank(b) - rank(a));
    const fit = fittingLabels(
      order.map(({ at, text, lit, selected, key }) => ({
        at,
        text,
        always: lit || selected || key === this.at || key === this.hovered,
      })),
      this.width,
      this.height,
    );
    const labelled = new Set(order.filter((_, index) => fit[index]).map(({ key }) => key));
    return this.marks
      .toReversed()
      .map((mark) => this.mark(mark, labelled.has(mark.key), anyLit && !mark.lit && !mark.selected));
  }

  private mark(mark: Mark, labelled: boolean, dim: boolean): SVGTemplateResult {
    const { at, position, text, label, lit, selected, key } = mark;
    const kind = position === undefined ? 'word' : 'virtual';
    const classes = `mark ${kind}${lit ? ' lit' : ''}${selected ? ' selected' : ''}${dim ? ' dim' : ''}`;
    return svg`<g
      class=${classes}
      role="option"
      tabindex=${key === this.at ? 0 : -1}
      aria-selected=${selected || lit ? 'true' : 'false'}
      aria-label=${label}
      data-key=${key}
      transform="translate(${at[0].toFixed(1)} ${at[1].toFixed(1)})"
      @click=${(event: MouseEvent): void => this.choose(mark, event.ctrlKey || event.metaKey || event.shiftKey)}
      @focus=${(): void => void (this.at = key)}
    >
      ${position === undefined ? svg`<circle class="dot" r="2.5"></circle>` : svg`<path d=${diamond}></path>`}
      ${key === this.at ? svg`<circle class="ring" r="9"></circle>` : nothing}
      ${labelled ? svg`<text x="7" y="4">${text}</text>` : nothing}
    </g>`;
  }

  private choose({ position, id }: Mark, add: boolean): void {
    if (position !== undefined) this.model.select(position, add);
    else if (id !== undefined) this.model.lightToken(id);
  }

  private zoom(factor: number, at?: MapPoint): void {
    this.view = zoomed(this.view, factor, at);
  }

  private readonly press = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const index = this.marks.findIndex(({ key }) => key === this.at);
    const mark = this.marks[index];
    if (event.shiftKey && event.key.startsWith('Arrow')) {
      const [dx, dy] = { ArrowLeft: [40, 0], ArrowRight: [-40, 0], ArrowUp: [0, 40], ArrowDown: [0, -40] }[
        event.key
      ] ?? [0, 0];
      this.view = { ...this.view, x: this.view.x + dx!, y: this.view.y + dy! };
    } else if (event.key === '+' || event.key === '=') this.zoom(1.5);
    else if (event.key === '-') this.zoom(1 / 1.5);
    else if (event.key === '0') this.view = wholeView;
    else if (event.key === 'Escape') this.model.selectAll([]);
    else if (mark !== undefined && (event.key === 'Enter' || event.key === ' ')) this.choose(mark, event.key === ' ');
    else {
      const next = pointAfterKey(
        event.key,
        this.marks.map(({ at }) => at),
        index,
      );
      if (next === undefined && !event.key.startsWith('Arrow')) return;
      if (next !== undefined) this.goTo(this.marks[next]!);
    }
    event.preventDefault();
  };

  /** Moves the keyboard to a mark, and the view so that the mark is in it. */
  private goTo({ key, at: [x, y] }: Mark): void {
    this.at = key;
    this.focusWanted = true;
    const outside = x < 0 || y < 0 || x > this.width || y > this.height;
    if (outside)
      this.view = { ...this.view, x: this.view.x + this.width / 2 - x, y: this.view.y + this.height / 2 - y };
  }

  private readonly wheel = (event: WheelEvent): void => {
    event.preventDefault();
    const box = this.drawing!.getBoundingClientRect();
    this.zoom(Math.exp(-event.deltaY / 400), [
      event.clientX - box.left - this.width / 2,
      event.clientY - box.top - this.height / 2,
    ]);
  };

  private readonly hold = (event: PointerEvent): void => {
    if (event.button !== 0 || (event.target as Element).closest('.mark')) return;
    const { drawing, view } = this;
    const [x, y] = [event.clientX, event.clientY];
    const move = (now: PointerEvent): void => {
      this.view = { ...view, x: view.x + now.clientX - x, y: view.y + now.clientY - y };
    };
    const end = (): void => {
      this.held = false;
      drawing?.removeEventListener('pointermove', move);
    };
    this.held = true;
    drawing?.setPointerCapture(event.pointerId);
    drawing?.addEventListener('pointermove', move);
    drawing?.addEventListener('lostpointercapture', end, { once: true });
  };

  private measure(): void {
    const box = this.renderRoot.querySelector('.drawing');
    if (box === null) return;
    const { clientWidth, clientHeight } = box;
    if (clientWidth !== this.width || clientHeight !== this.height)
      [this.width, this.height] = [clientWidth, clientHeight];
  }
}

const diamond = symbol(symbolDiamond, 90)() ?? '';

/** Which labels are written first. */
function rank({ selected, lit, position }: Mark): number {
  return (selected ? 4 : 0) + (lit ? 2 : 0) + (position === undefined ? 0 : 1);
}

function axesWords(projection: Projection | undefined): string {
  if (projection === undefined) return 'There are too few points for a map.';
  if (projection.explained === undefined)
    return 'UMAP: near points are near in the model too; distances between groups say little.';
  const [x, y] = projection.explained;
  return `PCA: the axes show ${percent(x)} and ${percent(y)} of the variance.`;
}
