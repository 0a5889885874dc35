import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { EffectOfToken, ScoreChange, TokenNeighbour, VocabularyNorms } from '../../extension/protocol/inspection';
import { decimal, percent } from '../state/format';
import { metricWord } from '../state/runFacts';
import { tokenColumns } from '../state/tokenRows';
import type { TokenColumn, TokenRow } from '../state/tokenRows';
import { spokenText, visibleText } from '../state/visibleText';
import { bar } from './bar';
import { icon } from './icon';

/** Where the neighbours stand among the columns: each of them is a place of the keyboard. */
export const neighbourColumn = tokenColumns.findIndex(({ id }) => id === 'neighbours');

/** What a row shows besides its virtual token. */
export interface TokenRowLook {
  /** Place of the keyboard in this row; undefined where it is in another. */
  readonly place: number | undefined;
  /** Place of the keyboard that a column begins at. */
  readonly placeOf: (column: number) => number;
  readonly selected: boolean;
  readonly lit: boolean;
  /** Tokens of the vocabulary that are lit up wherever they are a neighbour, and the one that was pressed for it. */
  readonly litIds: ReadonlySet<number>;
  readonly pressedId: number | undefined;
  readonly norms: Pick<VocabularyNorms, 'median' | 'largest'> | undefined;
  /** From the least to the largest effect of all rows, zero included. */
  readonly effectRange: readonly [number, number];
  /** What effects were measured by. */
  readonly metric: string | undefined;
  readonly choose: (event: MouseEvent) => void;
}

/** A row of the table of virtual tokens. */
export function tokenTableRow(row: TokenRow, index: number, look: TokenRowLook): TemplateResult {
  const { token, effect } = row;
  const { position } = token;
  return html`<tr
    role="row"
    aria-rowindex=${index + 2}
    aria-selected=${look.selected ? 'true' : 'false'}
    class=${look.lit ? 'lit' : ''}
    data-id=${position}
    @click=${look.choose}
  >
    ${cell(look, 'position', html`${position}${token.duplicateOf === undefined ? nothing : duplicate(token.duplicateOf)}`)}
    <td role="gridcell" class=${token.meaningful ? '' : 'unsure'}>
      <div class="chips">
        ${
          token.meaningful
            ? nothing
            : html`<span class="doubtful" title="Random vectors come as near to some token: this list says nothing.">
                not meaningful</span
              >`
        }
        ${token.neighbours.map((near, rank) => chip(look, near, rank))}
      </div>
    </td>
    ${cell(look, 'norm', norm(look, token.norm, token.normPercentile))}
    ${cell(
      look,
      'effect',
      effect === undefined
        ? html`<span class="muted">–</span>`
        : html`<span class="measure" title=${effectWords(look, effect)}
            >${bar(effect.masked.loss, look.effectRange)}<span class="number">${signed(effect.masked.loss)}</span></span
          >`,
    )}
    ${cell(look, 'moved', html`${token.moved === undefined ? '–' : token.moved.toFixed(3)}`)}
    ${cell(look, 'initial', initial(row))}
  </tr>`;
}

function cell({ place, placeOf }: TokenRowLook, id: TokenColumn['id'], content: TemplateResult): TemplateResult {
  const own = placeOf(tokenColumns.findIndex((column) => column.id === id));
  return html`<td role="gridcell" tabindex=${place === own ? 0 : -1} data-place=${own}>${content}</td>`;
}

function chip({ place, litIds, pressedId }: TokenRowLook, near: TokenNeighbour, rank: number): TemplateResult {
  const own = neighbourColumn + rank;
  return html`<button
    class=${litIds.has(near.id) ? 'chip lit' : 'chip'}
    tabindex=${place === own ? 0 : -1}
    data-place=${own}
    aria-pressed=${pressedId === near.id ? 'true' : 'false'}
    aria-label=${`${spokenText(near.text)}, cosine ${near.cosine.toFixed(3)}`}
    data-rank=${rank}
  >
    ${visibleText(near.text)}
  </button>`;
}

function duplicate(of: number): TemplateResult {
  return html` <span class="muted" title=${`Nearly a copy of virtual token ${of}`}>= ${of}</span>`;
}

function norm({ norms }: TokenRowLook, value: number, percentile: number): TemplateResult {
  const { median, largest } = norms ?? { median: 0, largest: 0 };
  return html`<span
    class="measure"
    title=${`${decimal(value)}: larger than ${percent(percentile)} of the vocabulary, whose median (the mark) is ${decimal(median)}`}
    >${bar(value, [0, Math.max(largest, value)], [median])}<span class="number">${value.toFixed(3)}</span></span
  >`;
}

/** Both ways of leaving a virtual token out, with loss and metric. */
function effectWords({ metric = 'loss' }: TokenRowLook, { masked, replaced }: EffectOfToken): string {
  const change = ({ loss, metric: score }: ScoreChange): string =>
    `loss ${signed(loss)}${metric === 'loss' ? '' : `, ${metricWord(metric)} ${signed(100 * score)} points`}`;
  return `Not seen by attention: ${change(masked)}. Replaced by the vocabulary's mean: ${change(replaced)}.`;
}

function initial({ token: { initialWords, persists } }: TokenRow): TemplateResult {
  if (initialWords === undefined) return html`<span class="muted">–</span>`;
  const said = persists === undefined ? '' : persists ? 'still a neighbour' : 'no longer a neighbour';
  return html`<span class="initial" title=${said}
    >${persists === undefined ? nothing : icon(persists ? 'check' : 'close')}${visibleText(initialWords)}<span
      class="unseen"
      >${said === '' ? '' : `, ${said}`}</span
    ></span
  >`;
}

/** A change with its sign, to three decimals. */
function signed(value: number): string {
  return `${value < 0 ? '' : '+'}${value.toFixed(3)}`;
}
