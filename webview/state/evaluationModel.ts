import type { EvaluationRecord, Predictor, Result } from '../../extension/protocol/evaluation';
import type {
  ExportFormat,
  FromEvaluationPanel,
  RowFile,
  ToEvaluationPanel,
} from '../../extension/protocol/evaluationPanel';
import type { Host } from '../host';
import { EvaluationRows } from './evaluationRows';
import { metricsOf } from './evaluationSummary';
import { restoredEvaluationUiState } from './evaluationUiState';
import type { ConfusionCell, EvaluationUiState, RowFilter } from './evaluationUiState';
import { exampleOrder } from './exampleOrder';
import { integer } from './format';

/** Milliseconds between two looks at the rows while they are being read. */
const lookTime = 300;

/**
 * What the Evaluation panel knows and what a person can do in it. The record and the rows are the host's; the page reads the
 * rows piece by piece and keeps them in columns while it lives. The interface state is the panel's own and is saved at every
 * change.
 */
export class EvaluationModel {
  ui: EvaluationUiState;
  phase: 'loading' | 'ready' | 'problem' = 'loading';
  problem = '';
  record: EvaluationRecord | undefined;
  rows: EvaluationRows | undefined;
  trusted = true;
  live = false;
  progress: { readonly text: string; readonly share?: number } | undefined;
  /** Share of the row files that has been read, 0 to 1. */
  loaded = 0;
  /** What happened, for a screen reader; the newest last. */
  readonly events: string[] = [];
  private readonly read: Record<RowFile, { to: number; size: number }> = {
    examples: { to: 0, size: 0 },
    predictions: { to: 0, size: 0 },
  };
  private reading = false;
  private lastLook = 0;
  private ordered: { readonly key: string; readonly order: Int32Array } | undefined;

  constructor(
    private readonly host: Host<ToEvaluationPanel, FromEvaluationPanel>,
    private readonly changed: () => void,
  ) {
    this.ui = restoredEvaluationUiState(host.read());
  }

  start(): void {
    this.host.listen((message) => this.receive(message));
    this.host.send({ type: 'ready' });
  }

  retry(): void {
    this.phase = 'loading';
    this.host.send({ type: 'ready' });
    this.changed();
  }

  /** Index of the data set that is looked at. */
  get dataset(): number {
    return Math.min(this.ui.dataset, Math.max(0, (this.record?.datasets.length ?? 1) - 1));
  }

  /** Label words of that data set's classes; undefined for free text. */
  get classes(): readonly string[] | undefined {
    return this.record?.datasets[this.dataset]?.classes;
  }

  /** The predictor whose answers are looked at: the one chosen, at first the first one. */
  get predictor(): Predictor | undefined {
    const all = this.record?.predictors ?? [];
    return all.find(({ id }) => id === this.ui.predictor) ?? all[0];
  }

  /** The predictor that the others are compared with: the one chosen, at first the first one that has a result. */
  get reference(): Predictor | undefined {
    const all = this.record?.predictors ?? [];
    return all.find(({ id }) => id === this.ui.reference) ?? all[0];
  }

  /** What the chosen predictor scores on the data set that is looked at; undefined until all its rows are answered. */
  get result(): Result | undefined {
    const { dataset, predictor } = this;
    return this.record?.results.find((each) => each.dataset === dataset && each.predictor === predictor?.id);
  }

  get metrics(): readonly string[] {
    return this.record ? metricsOf(this.record, this.dataset) : [];
  }

  get metric(): string {
    const { metrics } = this;
    return metrics.find((each) => each === this.ui.metric) ?? metrics[0] ?? 'accuracy';
  }

  /** Numbers of the examples that are seen, in their order; the same array while nothing has changed. */
  order(): Int32Array {
    const { rows, record } = this;
    if (!rows || !record) return new Int32Array(0);
    const { search, filters, cell, sort } = this.ui;
    const question = {
      ...{ dataset: this.dataset, predictor: this.predictor?.id, search, filters, cell, sort },
      voices: record.predictors.filter(({ kind }) => !['majority', 'vote', 'mean'].includes(kind)).map(({ id }) => id),
    };
    const key = JSON.stringify([rows.version, rows.known, question]);
    if (this.ordered?.key !== key) this.ordered = { key, order: exampleOrder(rows, question) };
    return this.ordered.order;
  }

  /** Whether the person sees only some of the rows. */
  get filtered(): boolean {
    return this.ui.search.trim() !== '' || this.ui.filters.length > 0 || this.ui.cell !== undefined;
  }

  /** Changes interface state, saves it, shows it. */
  change(part: Partial<EvaluationUiState>): void {
    this.ui = { ...this.ui, ...part };
    this.host.write(this.ui);
    this.changed();
  }

  choosePredictor(id: string): void {
    this.change({ predictor: id });
  }

  chooseDataset(dataset: number): void {
    this.showCell(undefined);
    this.change({ dataset });
  }

  toggleFilter(filter: RowFilter, on: boolean): void {
    const others = this.ui.filters.filter((each) => each !== filter);
    this.change({ filters: on ? [...others, filter] : others });
    this.tellCount();
  }

  /** Shows only the rows of a cell of the confusion matrix; the same cell again shows all. */
  showCell(cell: ConfusionCell | undefined): void {
    const { cell: before, ...rest } = this.ui;
    const same = before?.target === cell?.target && before?.predicted === cell?.predicted;
    this.ui = rest;
    this.change(cell && !same ? { cell } : {});
    if (cell) this.tellCount();
  }

  showAllRows(): void {
    this.showCell(undefined);
    this.change({ search: '', filters: [] });
  }

  /** First press of a header sorts upwards (the least certain first), the next turns it round. */
  sortBy(column: string): void {
    const { sort } = this.ui;
    this.change({ sort: { column, descending: sort.column === column ? !sort.descending : false } });
  }

  openRow(example: number): void {
    const { rows } = this;
    if (rows) this.host.send({ type: 'openRow', dataset: rows.dataset[example]!, row: rows.row[example]! });
  }

  stop(): void {
    this.host.send({ type: 'stop' });
  }

  resume(): void {
    this.host.send({ type: 'resume' });
  }

  /** Rows that the chosen predictor has wrong, by data set, as the readers count them. */
  wrongRows(): readonly (readonly number[])[] {
    const { rows, record, predictor } = this;
    if (!rows || !record || !predictor) return [];
    const { right } = rows.column(predictor.id);
    const found: number[][] = record.datasets.map(() => []);
    for (let example = 0; example < rows.known; example++) {
      if (right[example] === 0) found[rows.dataset[example]!]!.push(rows.row[example]!);
    }
    return found;
  }

  evaluateWrongAgain(): void {
    this.host.send({ type: 'again', rows: this.wrongRows() });
  }

  save(format: ExportFormat, content: string): void {
    this.host.send({ type: 'save', format, content });
  }

  copy(text: string): void {
    this.host.send({ type: 'copy', text });
    this.events.push('Copied.');
    this.changed();
  }

  manageTrust(): void {
    this.host.send({ type: 'manageTrust' });
  }

  private tellCount(): void {
    this.events.push(`${integer(this.order().length)} rows.`);
    this.changed();
  }

  private receive(message: ToEvaluationPanel): void {
    switch (message.type) {
      case 'evaluation':
        this.receiveRecord(message);
        break;
      case 'progress': {
        const { text, share } = message;
        this.progress = share === undefined ? { text } : { text, share };
        this.readOn();
        break;
      }
      case 'lines':
        this.receiveLines(message);
        if (!this.lookNow()) return;
        break;
      case 'problem':
        this.phase = 'problem';
        this.problem = message.message;
        this.change({ folder: message.folder });
        break;
    }
    this.changed();
  }

  private receiveRecord({ folder, record, trusted, live }: Extract<ToEvaluationPanel, { type: 'evaluation' }>): void {
    const before = this.record;
    // A run that is tuned again on other data writes its evaluation anew.
    const same = before?.id === record.id && before.createdAt === record.createdAt;
    if (!same) this.forget();
    this.rows ??= new EvaluationRows(record);
    this.rows.take(record);
    this.record = record;
    this.trusted = trusted;
    this.live = live;
    this.phase = 'ready';
    if (!live) this.progress = undefined;
    if (same && before.status !== record.status) this.events.push(`The evaluation is ${record.status}.`);
    this.change({ folder });
    this.readOn();
  }

  private receiveLines({ file, from, to, size, text }: Extract<ToEvaluationPanel, { type: 'lines' }>): void {
    this.reading = false;
    const { rows, record } = this;
    const place = this.read[file];
    // An answer to a question from before the evaluation was begun anew.
    if (!rows || !record || from !== place.to) {
      this.readOn();
      return;
    }
    place.to = to;
    place.size = size;
    if (to === from) return;
    if (file === 'examples') rows.addExamples(text);
    else rows.addPredictions(text);
    if (file === 'examples' && to >= size) rows.take(record);
    const [examples, predictions] = [this.read.examples, this.read.predictions];
    this.loaded = (examples.to + predictions.to) / Math.max(1, examples.size + predictions.size);
    this.readOn();
  }

  /** Whether what has been read is to be shown now: a hundred thousand rows are not put in order after every piece. */
  private lookNow(): boolean {
    const now = performance.now();
    if (this.reading && now - this.lastLook < lookTime) return false;
    this.lastLook = now;
    return true;
  }

  /** Asks for the next piece: the predictions once all examples are there, since they are about them. */
  private readOn(): void {
    const { rows } = this;
    if (!rows || this.reading) return;
    const file = rows.known < rows.total ? 'examples' : 'predictions';
    this.reading = true;
    this.host.send({ type: 'read', file, from: this.read[file].to });
  }

  private forget(): void {
    this.rows = undefined;
    this.ordered = undefined;
    this.reading = false;
    this.loaded = 0;
    for (const place of Object.values(this.read)) Object.assign(place, { to: 0, size: 0 });
  }
}
