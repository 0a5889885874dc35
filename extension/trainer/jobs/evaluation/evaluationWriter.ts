import type { EvaluationRecord, PredictionLine } from '../../../protocol/evaluation';
import { PredictionWriter, readPredictions, writeEvaluationRecord } from '../../../runs/evaluationFolder';
import type { JobContext } from '../context';
import type { Question } from './plan';

/** Milliseconds between two messages on how far it is. */
const eventInterval = 100;

/** The one writer of an evaluation: its record and its predictions on disk, and events for whoever watches. */
export class EvaluationWriter {
  readonly #seconds: number;
  readonly #started = performance.now();
  #fresh = 0;
  #lastEvent = 0;

  private constructor(
    readonly folder: string,
    private current: EvaluationRecord,
    readonly answers: Map<string, Map<number, PredictionLine>>,
    private readonly predictions: PredictionWriter,
    private readonly context: JobContext,
  ) {
    this.#seconds = current.seconds;
  }

  /** Takes over what is in the folder already. */
  static async open(folder: string, record: EvaluationRecord, context: JobContext): Promise<EvaluationWriter> {
    const predictions = await PredictionWriter.open(folder);
    const writer = new EvaluationWriter(folder, record, await readPredictions(folder), predictions, context);
    await writer.update({});
    return writer;
  }

  get record(): EvaluationRecord {
    return this.current;
  }

  /** How many predictions there are. */
  get answered(): number {
    return [...this.answers.values()].reduce((sum, { size }) => sum + size, 0);
  }

  has({ predictor, example }: Question): boolean {
    return this.answers.get(predictor)?.has(example) ?? false;
  }

  /** Changes the record, on disk before this resolves. */
  async update(change: Partial<EvaluationRecord>): Promise<EvaluationRecord> {
    this.current = { ...this.current, seconds: this.#seconds + this.#elapsed, ...change };
    await writeEvaluationRecord(this.folder, this.current);
    this.context.event({ type: 'evaluation', folder: this.folder, record: this.current });
    return this.current;
  }

  /** Keeps the answers of a pass. @param total predictions that there will be. */
  async append(lines: readonly PredictionLine[], total: number): Promise<void> {
    await this.predictions.append(lines);
    for (const line of lines) {
      const ofPredictor = this.answers.get(line.predictor) ?? new Map<number, PredictionLine>();
      this.answers.set(line.predictor, ofPredictor.set(line.example, line));
    }
    this.#fresh += lines.length;
    const rowsPerSecond = this.#fresh / this.#elapsed;
    this.current = { ...this.current, rowsPerSecond };
    if (performance.now() - this.#lastEvent < eventInterval && this.answered < total) return;
    this.#lastEvent = performance.now();
    const rate = rowsPerSecond < 10 ? rowsPerSecond.toFixed(1) : rowsPerSecond.toFixed(0);
    const text = `${this.answered} of ${total} predictions, ${rate} rows a second`;
    this.context.event({ type: 'phase', text, share: this.answered / total });
  }

  async close(): Promise<void> {
    await this.predictions.close();
  }

  /** Seconds since it was opened. */
  get #elapsed(): number {
    return (performance.now() - this.#started) / 1000;
  }
}
