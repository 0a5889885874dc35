import type { Browser } from 'playwright-core';
import type { EvaluationRecord } from '../../extension/protocol/evaluation';
import { fromEvaluationPanel } from '../../extension/protocol/evaluationPanel';
import type { FromEvaluationPanel, RowFile, ToEvaluationPanel } from '../../extension/protocol/evaluationPanel';
import { EditorPage, newContext } from './editorPage';
import type { PageOptions } from './editorPage';
import { evaluationOf } from './evaluations';
import type { EvaluationFiles, EvaluationOptions } from './evaluations';

export interface EvaluationPageOptions extends PageOptions, EvaluationOptions {
  readonly trusted?: boolean;
  readonly live?: boolean;
}

const folder = '/data/.prompt-runs/evaluations/20261120-101500-reviews-ab12';
/** Bytes of a piece; small, so that more than one is needed. */
const pieceBytes = 200_000;

/** The Evaluation panel, with a host on the other end that has the folder of one evaluation. */
export class EvaluationPage extends EditorPage<ToEvaluationPanel, FromEvaluationPanel> {
  declare protected readonly options: EvaluationPageOptions;
  readonly folder = folder;
  files: EvaluationFiles = evaluationOf(this.options);
  /** As the files are on the disk. */
  private texts = this.written();

  static async open(browser: Browser, options: EvaluationPageOptions = {}): Promise<EvaluationPage> {
    const context = await newContext(browser, options);
    const panel = new EvaluationPage(await context.newPage(), context, 'evaluation', fromEvaluationPanel, options);
    await panel.load();
    return panel;
  }

  async postRecord(changes: Partial<EvaluationRecord> = {}, live = this.options.live ?? false): Promise<void> {
    const record = { ...this.files.record, ...changes };
    await this.post({ type: 'evaluation', folder, record, trusted: this.options.trusted ?? true, live });
  }

  /** The evaluation goes on: there are other files from now on, of which the old ones are the beginning. */
  async grow(files: EvaluationFiles): Promise<void> {
    this.files = files;
    this.texts = this.written();
    await this.post({ type: 'progress', text: 'more', share: 0.9 });
  }

  /** Waits until the panel has read the rows to their end. */
  async readToEnd(): Promise<void> {
    const { length } = this.texts.predictions;
    await this.heard((message) => message.type === 'read' && message.from === length, 'that it has read everything');
  }

  protected async answer(message: FromEvaluationPanel): Promise<void> {
    if (message.type === 'ready') await this.postRecord();
    if (message.type !== 'read') return;
    const { file, from } = message;
    const bytes = this.texts[file];
    const end = bytes.lastIndexOf(10, from + pieceBytes) + 1;
    const to = Math.max(from, end);
    const text = bytes.subarray(from, to).toString('utf8');
    await this.post({ type: 'lines', file, from, to, size: bytes.length, text });
  }

  private written(): Readonly<Record<RowFile, Buffer>> {
    const lines = (values: readonly unknown[]): Buffer =>
      Buffer.from(values.map((value) => `${JSON.stringify(value)}\n`).join(''));
    return { examples: lines(this.files.examples), predictions: lines(this.files.predictions) };
  }
}
