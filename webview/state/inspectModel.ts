import type {
  Clustering,
  Projection,
  PromptInspection,
  PromptSnapshot,
  TokenCluster,
  TokenEffects,
} from '../../extension/protocol/inspection';
import type {
  EffectsState,
  FromInspectPanel,
  Remedy,
  SavedFormat,
  ToInspectPanel,
} from '../../extension/protocol/inspectPanel';
import type { Host } from '../host';
import { integer } from './format';
import type { FindingSource } from './inspectFindings';
import { restoredInspectUiState } from './inspectUiState';
import type { ClusterChoice, ClusterKind, InspectUiState } from './inspectUiState';
import { orderTokens, tokenColumns } from './tokenRows';
import type { TokenColumnId, TokenRow } from './tokenRows';

/** What is lit up everywhere at once: virtual tokens, and tokens of the vocabulary. */
export interface Highlight {
  readonly positions: ReadonlySet<number>;
  readonly ids: ReadonlySet<number>;
}
const nothing: Highlight = { positions: new Set(), ids: new Set() };

/** Key of the one snapshot of a prompt that is no run's. */
const single = -1;

/**
 * What the Inspect panel knows and what a person can do in it. The numbers are the host's; snapshots are kept while the page
 * lives. The interface state is the panel's own and is saved at every change.
 */
export class InspectModel {
  ui: InspectUiState;
  phase: 'working' | 'ready' | 'problem' = 'working';
  work: { readonly text: string; readonly share?: number } = { text: 'Opening the prompt…' };
  problem: { readonly message: string; readonly remedy?: Remedy } = { message: '' };
  inspection: PromptInspection | undefined;
  trusted = true;
  complete = false;
  /** A cluster, or a token of the vocabulary (by id), whose members are lit up everywhere. */
  cluster: ClusterChoice | undefined;
  tokenId: number | undefined;
  /** What happened, for a screen reader; the newest last. */
  readonly events: string[] = [];
  private readonly snapshots = new Map<number, PromptSnapshot>();
  private readonly effects = new Map<string, EffectsState>();
  private shown: PromptSnapshot | undefined;
  private asked: number | undefined;

  constructor(
    private readonly host: Host<ToInspectPanel, FromInspectPanel>,
    private readonly changed: () => void,
  ) {
    this.ui = restoredInspectUiState(host.read());
  }

  start(): void {
    this.host.listen((message) => this.receive(message));
    this.host.send({ type: 'ready' });
  }

  retry(): void {
    this.phase = 'working';
    this.work = { text: 'Opening the prompt…' };
    this.host.send({ type: 'retry' });
    this.changed();
  }

  /** The checkpoint that is seen: the one wanted, or until it comes the one seen before. */
  get snapshot(): PromptSnapshot | undefined {
    return this.shown;
  }

  /** Whether the checkpoint that is wanted has not come yet. */
  get waiting(): boolean {
    return this.ui.step !== undefined && this.shown?.step !== this.ui.step;
  }

  /** Steps that the slider goes over, rising. */
  get steps(): readonly number[] {
    return this.inspection?.checkpoints.map(({ step }) => step) ?? [];
  }

  get effectsState(): EffectsState | undefined {
    return this.shown && this.effects.get(this.shown.path);
  }

  get measured(): TokenEffects | undefined {
    const state = this.effectsState;
    return state?.phase === 'measured' ? state.effects : undefined;
  }

  /** What findings and exports are made of. */
  get source(): FindingSource | undefined {
    const { inspection, shown, measured } = this;
    return inspection && shown && { inspection, snapshot: shown, effects: measured };
  }

  /** All virtual tokens of the checkpoint shown, by position. */
  get rows(): readonly TokenRow[] {
    const effects = this.measured?.tokens;
    return (this.shown?.tokens ?? []).map((token) => {
      const effect = effects?.[token.position];
      return effect === undefined ? { token } : { token, effect };
    });
  }

  ordered(): readonly TokenRow[] {
    return orderTokens(this.rows, this.ui.filter, this.ui.sort);
  }

  get projection(): Projection | undefined {
    const all = this.shown?.projections ?? [];
    return all.find(({ method }) => method === this.ui.method) ?? all[0];
  }

  clustering(kind: ClusterKind): Clustering {
    const clusters = this.shown?.clusters;
    if (clusters === undefined) return { clusters: [] };
    return kind === 'lexical' ? { clusters: clusters.lexical } : clusters[kind];
  }

  get chosenCluster(): TokenCluster | undefined {
    return this.cluster && this.clustering(this.cluster.kind).clusters[this.cluster.index];
  }

  /** Members of the chosen cluster, or the token of the vocabulary that was chosen with the virtual tokens near it. */
  get highlight(): Highlight {
    const cluster = this.chosenCluster;
    if (cluster) return { positions: new Set(cluster.positions), ids: new Set(cluster.tokens.map(({ id }) => id)) };
    const { tokenId } = this;
    if (tokenId === undefined) return nothing;
    const near = (this.shown?.tokens ?? []).filter(({ neighbours }) => neighbours.some(({ id }) => id === tokenId));
    return { positions: new Set(near.map(({ position }) => position)), ids: new Set([tokenId]) };
  }

  /** Changes interface state, saves it, shows it. */
  change(part: Partial<InspectUiState>): void {
    this.ui = { ...this.ui, ...part };
    this.host.write(this.ui);
    this.changed();
  }

  /** First press of a header sorts its natural way, the next turns it round. */
  sortBy(column: TokenColumnId): void {
    const { sort } = this.ui;
    const first = tokenColumns.find(({ id }) => id === column)?.descending === true;
    this.change({ sort: { column, descending: sort.column === column ? !sort.descending : first } });
  }

  /** `add`: keep what is selected and turn this one round. */
  select(position: number, add: boolean): void {
    const { selected } = this.ui;
    const only = selected.length === 1 && selected[0] === position;
    if (!add) this.change({ selected: only ? [] : [position] });
    else if (selected.includes(position)) this.change({ selected: selected.filter((each) => each !== position) });
    else this.change({ selected: [...selected, position].toSorted((a, b) => a - b) });
  }

  selectAll(positions: readonly number[]): void {
    this.change({ selected: positions.toSorted((a, b) => a - b) });
  }

  light(choice: ClusterChoice | undefined): void {
    const same = choice?.kind === this.cluster?.kind && choice?.index === this.cluster?.index;
    this.cluster = same ? undefined : choice;
    this.tokenId = undefined;
    const cluster = this.chosenCluster;
    if (cluster) this.events.push(`${cluster.name}: ${integer(cluster.positions.length)} virtual tokens.`);
    this.changed();
  }

  lightToken(id: number): void {
    this.tokenId = this.tokenId === id ? undefined : id;
    this.cluster = undefined;
    this.changed();
  }

  /** Goes to a checkpoint; what is seen stays until it has come. */
  showStep(step: number): void {
    this.change({ step });
    this.ask();
  }

  measureEffects(): void {
    const step = this.shown?.step;
    this.host.send({ type: 'measureEffects', ...(step === undefined ? {} : { step }) });
  }

  cancelEffects(): void {
    this.host.send({ type: 'cancelEffects' });
  }

  save(format: SavedFormat, content: string): void {
    this.host.send({ type: 'save', format, content });
  }

  copy(text: string): void {
    this.host.send({ type: 'copy', text });
    this.events.push('Copied.');
    this.changed();
  }

  open(what: 'openText' | 'diff'): void {
    const step = this.shown?.step;
    this.host.send({ type: what, ...(step === undefined ? {} : { step }) });
  }

  chooseModel(): void {
    this.host.send({ type: 'chooseModel' });
  }

  manageTrust(): void {
    this.host.send({ type: 'manageTrust' });
  }

  private receive(message: ToInspectPanel): void {
    switch (message.type) {
      case 'working': {
        const { text, share } = message;
        if (this.phase !== 'working') this.forget();
        this.work = share === undefined ? { text } : { text, share };
        break;
      }
      case 'inspection':
        this.receiveInspection(message);
        break;
      case 'snapshot':
        this.keep(message.snapshot);
        break;
      case 'effects':
        this.receiveEffects(message.path, message.state);
        break;
      case 'problem': {
        const { message: text, remedy, subject } = message;
        this.phase = 'problem';
        this.problem = remedy === undefined ? { message: text } : { message: text, remedy };
        this.change({ subject });
        break;
      }
    }
    this.changed();
  }

  private receiveInspection(message: Extract<ToInspectPanel, { type: 'inspection' }>): void {
    const { inspection, subject, trusted, complete } = message;
    this.inspection = inspection;
    this.trusted = trusted;
    this.complete = complete;
    this.phase = 'ready';
    const { step, ...rest } = this.ui;
    // A checkpoint that is gone.
    if (step !== undefined && !this.steps.includes(step)) this.ui = rest;
    this.change({ subject });
    for (const snapshot of inspection.snapshots) this.keep(snapshot);
    this.ask();
  }

  private receiveEffects(path: string, state: EffectsState): void {
    const before = this.effects.get(path)?.phase;
    this.effects.set(path, state);
    if (state.phase === before) return;
    if (state.phase === 'measured') this.events.push(`Effects measured on ${integer(state.effects.rows)} rows.`);
    if (state.phase === 'failed') this.events.push(state.message);
  }

  private keep(snapshot: PromptSnapshot): void {
    this.snapshots.set(snapshot.step ?? single, snapshot);
    if (this.shown === undefined || snapshot.step === this.ui.step || snapshot.step === this.shown.step)
      this.see(snapshot);
  }

  private see(snapshot: PromptSnapshot): void {
    // A cluster of one checkpoint is none of another; a token of the vocabulary is the same in all.
    if (this.shown?.path !== snapshot.path) this.cluster = undefined;
    this.shown = snapshot;
    const last = snapshot.tokens.length;
    if (this.ui.selected.some((position) => position >= last)) {
      this.ui = { ...this.ui, selected: this.ui.selected.filter((position) => position < last) };
    }
  }

  /** Shows the wanted checkpoint, or asks the host for it. */
  private ask(): void {
    const { step } = this.ui;
    if (step === undefined || this.shown?.step === step) return;
    const known = this.snapshots.get(step);
    if (known) {
      this.see(known);
      this.changed();
    } else if (this.asked !== step) {
      this.asked = step;
      this.host.send({ type: 'snapshot', step });
    }
  }

  private forget(): void {
    this.phase = 'working';
    this.snapshots.clear();
    this.shown = undefined;
    this.asked = undefined;
    this.inspection = undefined;
    this.cluster = undefined;
  }
}
