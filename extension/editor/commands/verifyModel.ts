import * as vscode from 'vscode';
import type { ModelEntry, ModelFilesReport } from '../../protocol/models';
import { type Offer, tell } from '../platform/offer';
import { mayHandleModels } from '../platform/trust';
import { modelName } from '../views/modelText';
import { chosenModel } from './chosenModel';
import type { Command, Studio } from './studio';

/** Checks the files of a model: their sizes and hashes against what the hub said, their headers, their numbers. */
export const verifyModel: Command = async (studio, argument) => {
  if (!mayHandleModels()) return;
  const model = await chosenModel(studio, argument);
  if (!model) return;
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: vscode.l10n.t('Verifying {0}', modelName(model)),
    cancellable: true,
  };
  const report = await vscode.window.withProgress(options, async (progress, cancelled) => {
    const trainer = studio.trainerHost.start<'verify-model-files'>(
      { kind: 'verify-model-files', model: model.model, baseFolder: model.path },
      (event) => {
        if (event.type === 'phase') progress.report({ message: event.text });
      },
    );
    // It only reads, so it can be ended at once.
    const listening = cancelled.onCancellationRequested(() => trainer.kill());
    return trainer.result
      .catch((error: unknown) => {
        if (cancelled.isCancellationRequested) return undefined;
        throw error;
      })
      .finally(() => void listening.dispose());
  });
  if (!report) return;
  for (const line of reportLines(report)) studio.log.info(line);
  tellReport(studio, model, report);
};

function tellReport({ trainerHost }: Studio, model: ModelEntry, { problems, files }: ModelFilesReport): void {
  const showLog: Offer = {
    title: vscode.l10n.t('Show Log'),
    act: () => vscode.commands.executeCommand('softPrompt.showLog'),
  };
  const [first, ...others] = problems;
  if (first === undefined) {
    const checked = files.filter(({ state }) => state === 'checked').length;
    const text =
      checked === files.length
        ? vscode.l10n.t('{0} is whole: every one of its {1} files is what the hub has.', modelName(model), checked)
        : vscode.l10n.t(
            '{0} can be used: its {1} files can be read and hold only finite numbers.',
            modelName(model),
            files.length,
          );
    tell('info', text, showLog);
    return;
  }
  const text =
    others.length === 0
      ? vscode.l10n.t('{0}: {1}', modelName(model), first)
      : vscode.l10n.t('{0}: {1} ({2} more)', modelName(model), first, others.length);
  const again: Offer = {
    title: vscode.l10n.t('Remove and Download Again'),
    act: async () => {
      // A damaged file has the name of a whole one, so a download alone would take it for fetched.
      await trainerHost.start<'remove-model'>({ kind: 'remove-model', id: model.id }).result;
      await vscode.commands.executeCommand('softPrompt.downloadModel', model.model);
    },
  };
  tell('error', text, ...(model.source === 'hub' ? [again] : []), showLog);
}

/** The whole report, a line a file. */
function reportLines({ name, path, files, problems, notes }: ModelFilesReport): string[] {
  return [
    `${name}: ${path}`,
    ...files.map(
      ({ file, bytes, state, problem }) => `  ${file}: ${bytes} bytes, ${state}${problem ? `: ${problem}` : ''}`,
    ),
    ...[...problems, ...notes].map((line) => `  ${line}`),
  ];
}
