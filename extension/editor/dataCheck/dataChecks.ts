import { dirname } from 'node:path';
import * as vscode from 'vscode';
import type { DataReport } from '../../protocol/dataCheck';
import type { CheckDataJob } from '../../protocol/trainer';
import { Disposables } from '../platform/disposables';
import type { TrainerHost } from '../training/trainerHost';

/** Checks data in a trainer, and holds the last report that a person asked to see. */
export class DataChecks implements vscode.Disposable {
  readonly #own = new Disposables();
  readonly #shown = this.#own.add(new vscode.EventEmitter<DataReport>());
  #report: DataReport | undefined;

  /** A report is to be shown. */
  readonly onDidShow = this.#shown.event;

  constructor(private readonly host: TrainerHost) {}

  dispose(): void {
    this.#own.dispose();
  }

  /** The report that is shown. */
  get report(): DataReport | undefined {
    return this.#report;
  }

  show(report: DataReport): void {
    this.#report = report;
    this.#shown.fire(report);
  }

  /**
   * Checks an experiment or a data set, with progress.
   * @param file absolute.
   * @returns undefined where the person cancelled.
   * @throws TrainerFailure where it cannot be checked at all.
   */
  async check(file: string, location: vscode.ProgressLocation, title: string): Promise<DataReport | undefined> {
    const job: CheckDataJob = { kind: 'check-data', file, baseFolder: dirname(file) };
    return vscode.window.withProgress({ location, title, cancellable: true }, async (progress, token) => {
      const checking = this.host.start<'check-data'>(job, (event) => {
        if (event.type === 'phase') progress.report({ message: event.text });
      });
      const cancelling = token.onCancellationRequested(() => checking.kill());
      try {
        return await checking.result;
      } catch (error) {
        if (token.isCancellationRequested) return undefined;
        throw error;
      } finally {
        cancelling.dispose();
      }
    });
  }
}
