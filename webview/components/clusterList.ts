import { LitElement, css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { TokenCluster } from '../../extension/protocol/inspection';
import { count } from '../state/count';
import { clusterFinding } from '../state/inspectFindings';
import type { InspectModel } from '../state/inspectModel';
import { clusterKinds } from '../state/inspectUiState';
import type { ClusterKind } from '../state/inspectUiState';
import { visibleText } from '../state/visibleText';
import { sharedStyles } from '../theme/sharedStyles';
import { dropdown } from './controls';
import { icon } from './icon';
import { chipStyles } from './tokenTableStyles';

const kindTitles: Readonly<Record<ClusterKind, string>> = {
  lexical: 'Forms of one word',
  neighbours: 'Nearest tokens',
  virtualTokens: 'Virtual tokens',
};

/** Members of a cluster that are written out. */
const mostMembers = 8;

/** The clusters of one kind; pressing one lights its members up in the table and on the map. */
@customElement('cluster-list')
export class ClusterList extends LitElement {
  static override styles = [
    sharedStyles,
    chipStyles,
    css`
      :host {
        display: block;
      }
      .bar {
        align-items: center;
        display: flex;
        flex-wrap: wrap;
        gap: 4px 8px;
      }
      h2 {
        font-size: inherit;
        font-weight: 600;
        margin: 0;
      }
      .spacer {
        flex: 1;
      }
      vscode-dropdown {
        min-width: 11em;
        width: auto;
      }
      ul {
        list-style: none;
        margin: 6px 0 0;
        padding: 0;
      }
      li {
        align-items: flex-start;
        display: flex;
        gap: 4px;
      }
      .cluster {
        background: none;
        border: 1px solid transparent;
        border-radius: 5px;
        color: inherit;
        cursor: pointer;
        flex: 1;
        font: inherit;
        min-width: 0;
        padding: 3px 6px;
        text-align: start;
      }
      .cluster:hover {
        background: var(--vscode-list-hoverBackground, transparent);
      }
      .cluster[aria-pressed='true'] {
        border-color: var(--vscode-focusBorder);
      }
      .name {
        font-weight: 600;
        overflow-wrap: anywhere;
      }
      .members {
        display: flex;
        flex-wrap: wrap;
        gap: 3px;
        margin-top: 3px;
      }
      p {
        margin: 6px 0 0;
      }
    `,
  ];

  @property({ attribute: false }) model!: InspectModel;
  /** Makes the list look again at a model that has changed inside. */
  @property({ attribute: false }) revision = 0;

  override render(): TemplateResult {
    const { model } = this;
    const kind = model.ui.clusterKind;
    const { clusters, silhouette } = model.clustering(kind);
    return html`<section aria-labelledby="title">
      <div class="bar">
        <h2 id="title">Clusters</h2>
        <span class="muted">${silhouette === undefined ? '' : `silhouette ${silhouette.toFixed(2)}`}</span>
        <span class="spacer"></span>
        ${dropdown({
          label: 'What is clustered',
          value: kind,
          options: clusterKinds.map((value) => ({ value, label: kindTitles[value] })),
          change: (value) => model.change({ clusterKind: clusterKinds.find((each) => each === value) ?? 'neighbours' }),
        })}
      </div>
      ${
        clusters.length === 0
          ? html`<p class="muted">There are none at this checkpoint.</p>`
          : html`<ul>
              ${clusters.map((cluster, index) => this.cluster(cluster, kind, index))}
            </ul>`
      }
    </section>`;
  }

  private cluster(cluster: TokenCluster, kind: ClusterKind, index: number): TemplateResult {
    const { model } = this;
    const pressed = model.cluster?.kind === kind && model.cluster.index === index;
    const { name, positions, tokens } = cluster;
    return html`<li>
      <button
        class="cluster"
        aria-pressed=${pressed ? 'true' : 'false'}
        @click=${(): void => model.light({ kind, index })}
      >
        <span class="name">${name.trim()}</span>
        <span class="muted">${count(positions.length, 'virtual token')}</span>
        <span class="members"
          >${tokens.slice(0, mostMembers).map(({ text }) => html`<span class="chip">${visibleText(text)}</span>`)}${
            tokens.length > mostMembers
              ? html`<span class="muted">and ${tokens.length - mostMembers} more</span>`
              : nothing
          }</span
        >
      </button>
      <button
        class="icon"
        aria-label=${`Copy the cluster ${name.trim()} as a finding`}
        title="Copy as finding"
        @click=${(): void => this.copy(cluster)}
      >
        ${icon('copy')}
      </button>
    </li>`;
  }

  private copy(cluster: TokenCluster): void {
    const { source } = this.model;
    if (source) this.model.copy(clusterFinding(source, cluster));
  }
}
