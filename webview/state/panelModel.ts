import { commandAvailable } from '../../extension/protocol/runsPanel';
import type { Curve, FromRunsPanel, RunCommand, RunRow, ToRunsPanel } from '../../extension/protocol/runsPanel';
import type { Host } from '../host';
import { columnById, columns } from './columns';
import { orderRows } from './rowOrder';
import { metricOf, metricWord, runName, score, statusWord } from './runFacts';
import { firstUiState, restoredUiState } from './uiState';
import type { UiState } from './uiState';

/**
 * What the panel knows and what a person can do in it. The runs are the host's: they are only shown here. The interface state
 * is the panel's own and is saved at every change.
 */
export class PanelModel {
  ui: UiState;
  /** `loading` until the first snapshot. */
  phase: 'loading' | 'ready' | 'problem' = 'loading';
  problem = '';
  problems: readonly string[] = [];
  trusted = true;
  /** What happened to runs, for a screen reader; the newest last. */
  readonly events: string[] = [];
  private readonly rows = new Map<string, RunRow>();
  private readonly curves = new Map<string, Curve>();
  private asked = '';

  constructor(
    private readonly host: Host<ToRunsPanel, FromRunsPanel>,
    private readonly changed: () => void,
  ) {
    this.ui = restoredUiState(host.read());
  }

  /** Listens to the host and asks it for everything. */
  start(): void {
    this.host.listen((message) => this.receive(message));
    this.host.send({ type: 'ready' });
  }

  /** Asks again after a problem. */
  retry(): void {
    this.phase = 'loading';
    this.asked = '';
    this.host.send({ type: 'ready' });
    this.changed();
  }

  get runCount(): number {
    return this.rows.size;
  }

  get selected(): RunRow | undefined {
    return this.ui.selected === undefined ? undefined : this.rows.get(this.ui.selected);
  }

  /** Runs drawn in the charts, in the order in which they were chosen. */
  get shown(): readonly RunRow[] {
    return (this.ui.shown ?? []).map((id) => this.rows.get(id)).filter((row) => row !== undefined);
  }

  get curvesById(): ReadonlyMap<string, Curve> {
    return this.curves;
  }

  /** Rows of the table, filtered and sorted. */
  ordered(): readonly RunRow[] {
    return orderRows(this.rows.values(), this.ui.filter, this.ui.sort);
  }

  /** Changes interface state, saves it, shows it. */
  change(part: Partial<UiState>): void {
    this.ui = { ...this.ui, ...part };
    this.host.write(this.ui);
    this.ask();
    this.changed();
  }

  select(id: string): void {
    this.change({ selected: id });
  }

  unselect(): void {
    const { selected, ...rest } = this.ui;
    if (selected === undefined) return;
    this.ui = rest;
    this.change({});
  }

  toggleShown(id: string): void {
    const shown = this.ui.shown ?? [];
    this.change({ shown: shown.includes(id) ? shown.filter((each) => each !== id) : [...shown, id] });
  }

  /** First click of a column sorts its natural way, the next turns it round. */
  sortBy(id: string): void {
    const { sort } = this.ui;
    const descending = sort.column === id ? !sort.descending : columnById(id)?.descending === true;
    this.change({ sort: { column: id, descending } });
  }

  toggleColumn(id: string): void {
    const seen = new Set(this.ui.columns);
    if (!seen.delete(id)) seen.add(id);
    this.change({
      columns: columns.filter((column) => column.fixed === true || seen.has(column.id)).map((column) => column.id),
    });
  }

  resetColumns(): void {
    this.change({ columns: firstUiState.columns });
  }

  /** Whether a command can be given to a run now. */
  can(command: RunCommand, row: RunRow): boolean {
    return commandAvailable(command, row, this.trusted);
  }

  command(command: RunCommand, row: RunRow): void {
    if (this.can(command, row)) this.host.send({ type: 'command', command, id: row.record.id });
  }

  pin(row: RunRow): void {
    this.host.send({ type: 'mark', id: row.record.id, pinned: row.marks.pinned !== true });
  }

  /** Gives a run a note or a name; an empty one takes it away. */
  mark(id: string, field: 'note' | 'name', text: string): void {
    this.host.send({ type: 'mark', id, [field]: text });
  }

  tune(): void {
    this.host.send({ type: 'tune' });
  }

  manageTrust(): void {
    this.host.send({ type: 'manageTrust' });
  }

  private receive(message: ToRunsPanel): void {
    switch (message.type) {
      case 'runs':
        this.receiveAll(message.rows);
        this.trusted = message.trusted;
        this.problems = message.problems;
        this.phase = 'ready';
        break;
      case 'run':
        this.receiveRow(message.row);
        break;
      case 'curves':
        for (const curve of message.curves) {
          if (this.ui.shown?.includes(curve.id) === true) this.curves.set(curve.id, curve);
        }
        break;
      case 'select':
        this.change({ selected: message.id, shown: [...new Set([...(this.ui.shown ?? []), message.id])] });
        break;
      case 'problem':
        this.phase = 'problem';
        this.problem = message.message;
        break;
    }
    this.ask();
    this.changed();
  }

  private receiveAll(rows: readonly RunRow[]): void {
    const first = this.phase === 'loading';
    const known = new Set(this.rows.keys());
    const ids = new Set(rows.map((row) => row.record.id));
    for (const id of known) if (!ids.has(id)) this.rows.delete(id);
    for (const row of rows) {
      if (first) this.rows.set(row.record.id, row);
      else this.receiveRow(row);
    }
    if (this.ui.shown === undefined) this.showNewest();
  }

  private receiveRow(row: RunRow): void {
    const { id, status } = row.record;
    const before = this.rows.get(id);
    this.rows.set(id, row);
    if (before === undefined) {
      this.events.push(`${runName(row)} started.`);
      // A run just begun is what one wants to watch.
      if (status === 'running' && this.ui.shown?.includes(id) !== true) {
        this.change({
          shown: [...(this.ui.shown ?? []), id],
          ...(this.ui.selected === undefined ? { selected: id } : {}),
        });
      }
    } else if (before.record.status !== status || before.stopping !== row.stopping) {
      this.events.push(statusSentence(row));
    }
  }

  /** Without a word from a person the newest run is drawn and its details are open. */
  private showNewest(): void {
    const newest = orderRows(this.rows.values(), '', { column: 'created', descending: true })
      .toSorted((a, b) => (a.record.createdAt < b.record.createdAt ? 1 : -1))
      .at(0)?.record.id;
    if (newest !== undefined) this.change({ shown: [newest], selected: this.ui.selected ?? newest });
  }

  /** Tells the host which curves are wanted, when that has changed, and forgets the others. */
  private ask(): void {
    if (this.phase !== 'ready') return;
    const ids = this.shown.map((row) => row.record.id);
    const wanted = JSON.stringify(ids);
    if (wanted === this.asked) return;
    this.asked = wanted;
    for (const id of this.curves.keys()) if (!ids.includes(id)) this.curves.delete(id);
    this.host.send({ type: 'show', ids });
  }
}

function statusSentence(row: RunRow): string {
  const { status, reason, test } = row.record;
  const metric = metricOf(row.record);
  const result = metric === undefined ? undefined : test?.[metric];
  const parts = [`${runName(row)}: ${statusWord(row).toLowerCase()}`];
  if (status === 'finished' && metric !== undefined && result !== undefined)
    parts.push(`test ${metricWord(metric)} ${score(metric, result)}`);
  if (status === 'failed' && reason !== undefined) parts.push(reason);
  return `${parts.join(', ')}.`;
}
