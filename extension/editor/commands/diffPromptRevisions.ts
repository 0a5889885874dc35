import * as vscode from 'vscode';
import { type Revision, revisionUri, revisionsOf } from '../inspection/gitRevisions';
import { promptPlace } from '../inspection/promptFiles';
import { promptOnDisk } from '../inspection/promptOnDisk';
import { type Choice, choose } from '../platform/questions';
import { uriOf } from './chosenPrompt';
import type { Command } from './studio';

/** The prompt as it lies in the folder now. */
const now = Symbol('now');

/** Compares the prompt file it was called on as of two Git revisions, or as of one with what it is now. */
export const diffPromptRevisions: Command = async ({ context, diffPanels }, argument) => {
  const title = vscode.l10n.t('Diff Prompt with a Revision');
  const file = uriOf(argument);
  if (!file) return;
  const storage = context.storageUri ?? context.globalStorageUri;
  try {
    const revisions = await revisionsOf(file);
    if (revisions.length === 0) {
      void vscode.window.showInformationMessage(
        vscode.l10n.t('No revision of {0} is known to Git. Commit it to compare it later.', file.fsPath),
      );
      return;
    }
    const place = { title, totalSteps: 2 };
    const older = await choose<Revision>({
      ...place,
      step: 1,
      placeholder: vscode.l10n.t('Compare this revision'),
      choices: revisions.map(choiceOf),
    });
    if (typeof older !== 'object') return;
    const newer = await choose<Revision | typeof now>({
      ...place,
      step: 2,
      placeholder: vscode.l10n.t('with'),
      choices: [
        { label: vscode.l10n.t('The prompt as it is now'), value: now },
        ...revisions.filter(({ hash }) => hash !== older.hash).map(choiceOf),
      ],
    });
    if (newer !== now && typeof newer !== 'object') return;
    const a = await promptOnDisk(await revisionUri(file, older), storage);
    const b = newer === now ? promptPlace(file.fsPath) : await promptOnDisk(await revisionUri(file, newer), storage);
    diffPanels.show({ a, b });
  } catch (error) {
    void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
  }
};

function choiceOf(revision: Revision): Choice<Revision> {
  const { hash, message, authorDate } = revision;
  return {
    label: message.split('\n')[0] ?? hash,
    description: `${hash.slice(0, 8)}${authorDate ? ` · ${authorDate.toLocaleString()}` : ''}`,
    value: revision,
  };
}
