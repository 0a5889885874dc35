import * as vscode from 'vscode';
import type { DiffSubject } from '../../protocol/diffPanel';
import { bestCheckpoint, listCheckpoints } from '../../runs/checkpoints';
import { type Counterpart, counterparts, runOf } from '../inspection/counterparts';
import { placeName } from '../inspection/promptFiles';
import { type Choice, choose } from '../platform/questions';
import { showTextDiff } from '../views/diffPanel';
import { askPrompt, chosenPrompt, promptOf } from './chosenPrompt';
import type { Command, Studio } from './studio';

/** What is compared, and how it is shown. `elsewhere`: with what is in no list here. */
type Answer = (DiffSubject & { readonly asText: boolean }) | 'elsewhere';

/**
 * Compares two prompts: the two that are selected, or the one it was called on (or that the person picks) with another
 * checkpoint of its run, another run or a file.
 */
export const diffPrompts: Command = async (studio, argument, selection) => {
  const both = await selectedPair(studio, selection);
  if (both) {
    studio.diffPanels.show(both);
    return;
  }
  const title = vscode.l10n.t('Diff Prompt Checkpoints');
  const chosen = await chosenPrompt(studio, argument, title);
  if (chosen === undefined) return;
  const answer = await askOther(studio, chosen, title);
  if (answer === undefined) return;
  const { asText, ...subject } = answer;
  if (asText) await showTextDiff(subject);
  else studio.diffPanels.show(subject);
};

/** Two runs or files that are selected together. */
async function selectedPair(studio: Studio, selection: unknown): Promise<DiffSubject | undefined> {
  if (!Array.isArray(selection) || selection.length !== 2) return undefined;
  const [a, b] = await Promise.all(selection.map((each: unknown) => promptOf(studio, each)));
  return a === undefined || b === undefined ? undefined : { a, b };
}

/** Asks what a prompt is to be compared with. */
async function askOther(studio: Studio, chosen: string, title: string): Promise<Exclude<Answer, string> | undefined> {
  const runs = await studio.catalog.all();
  const run = runOf(chosen, runs);
  if (!run) return askElsewhere(studio, chosen, title);
  const checkpoints = await listCheckpoints(run.folder);
  const checkpoint =
    checkpoints.find(({ folder }) => folder === chosen) ?? (await bestCheckpoint(run.folder, run.record));
  if (!checkpoint) return askElsewhere(studio, chosen, title);
  const answer = await choose<Answer>({
    title,
    step: 1,
    totalSteps: 1,
    placeholder: vscode.l10n.t('Compare {0} with', placeName(checkpoint.folder)),
    choices: [
      ...counterparts(checkpoint, checkpoints, run.record).map(choiceOf),
      { label: vscode.l10n.t('Another run or a file...'), value: 'elsewhere' },
    ],
  });
  if (answer === 'elsewhere') return askElsewhere(studio, checkpoint.folder, title);
  return typeof answer === 'object' ? answer : undefined;
}

async function askElsewhere(
  studio: Studio,
  chosen: string,
  title: string,
): Promise<Exclude<Answer, string> | undefined> {
  const other = await askPrompt(studio, title, chosen);
  return other === undefined ? undefined : { a: chosen, b: other, asText: false };
}

function choiceOf({ kind, step, a, b }: Counterpart): Choice<Answer> {
  const names: Readonly<Record<Counterpart['kind'], string>> = {
    start: step === 0 ? vscode.l10n.t('Its start') : vscode.l10n.t('The first checkpoint'),
    previous: vscode.l10n.t('The checkpoint before it'),
    best: vscode.l10n.t('The best checkpoint'),
    last: vscode.l10n.t('The last checkpoint'),
    other: vscode.l10n.t('Checkpoint'),
  };
  return {
    label: names[kind],
    description: vscode.l10n.t('step {0}', step),
    value: { a, b, asText: false },
    button: { icon: 'file-code', tooltip: vscode.l10n.t('Compare as Text'), value: { a, b, asText: true } },
  };
}
