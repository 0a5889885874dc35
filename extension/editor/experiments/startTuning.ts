import { basename } from 'node:path';
import * as vscode from 'vscode';
import { checkBeforeStart } from '../dataCheck/checkBeforeStart';
import type { DataChecks } from '../dataCheck/dataChecks';
import { tell } from '../platform/offer';
import type { Training } from '../training/training';
import type { Trainings } from '../training/trainings';
import type { RunsPanel } from '../views/runsPanel';
import type { ExperimentDiagnostics } from './experimentDiagnostics';

interface Parts {
  readonly trainings: Trainings;
  readonly diagnostics: ExperimentDiagnostics;
  readonly panel: RunsPanel;
  readonly dataChecks: DataChecks;
  readonly log: vscode.LogOutputChannel;
}

/**
 * Tunes what an experiment file says, as it stands in the editor: it is saved first, and checked, its data too. Shows its run in the panel
 * beside it. Undefined when it has problems, which are shown at their fields.
 */
export async function startTuning(
  { trainings, diagnostics, panel, dataChecks, log }: Parts,
  experiment: vscode.Uri,
): Promise<Training | undefined> {
  const document = await vscode.workspace.openTextDocument(experiment);
  if (document.isDirty && !(await document.save())) {
    tell('error', vscode.l10n.t('{0} could not be saved, so it was not tuned.', basename(experiment.fsPath)));
    return undefined;
  }
  const [first, ...others] = await diagnostics.check(document);
  if (first) {
    const name = basename(experiment.fsPath);
    const message =
      others.length === 0
        ? vscode.l10n.t('{0}, line {1}: {2}', name, first.range.start.line + 1, first.message)
        : vscode.l10n.t(
            '{0}, line {1}: {2} ({3} more)',
            name,
            first.range.start.line + 1,
            first.message,
            others.length,
          );
    tell('error', message, {
      title: vscode.l10n.t('Open'),
      act: () => vscode.window.showTextDocument(document, { selection: first.range }),
    });
    return undefined;
  }
  if (!(await checkBeforeStart({ dataChecks, diagnostics, log }, document))) return undefined;
  const training = trainings.start(experiment);
  if (!panel.visible) panel.show({ beside: true });
  selectOnceKnown(trainings, training, panel);
  return training;
}

/** A run gets its id when the trainer has made its folder. */
function selectOnceKnown(trainings: Trainings, training: Training, panel: RunsPanel): void {
  const listening = vscode.Disposable.from(
    trainings.onDidChange((changed) => {
      if (changed !== training || !training.record) return;
      listening.dispose();
      panel.select(training.record.id);
    }),
    trainings.onDidEnd((ended) => {
      if (ended.training === training) listening.dispose();
    }),
  );
}
