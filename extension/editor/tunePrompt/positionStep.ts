import * as vscode from 'vscode';
import type { PromptPosition } from '../../protocol/experiment';
import { type Choice, type Step, back, choose } from '../platform/questions';
import type { Answers } from './answers';

/** Asks where the prompt is to stand; for decoder-only models, which alone have a choice. */
export const positionStep: Step<Pick<Answers, 'position'>> = async (answers, place) => {
  const choices: Choice<PromptPosition>[] = [
    {
      label: vscode.l10n.t('Prefix'),
      detail: vscode.l10n.t('In front of the text, as in the paper and PEFT.'),
      value: 'prefix',
    },
    {
      label: vscode.l10n.t('Suffix'),
      detail: vscode.l10n.t('Behind the text: faster where texts are long. Not for PEFT.'),
      value: 'suffix',
    },
    {
      label: vscode.l10n.t('Infix'),
      detail: vscode.l10n.t("As suffix, but in front of the template's end."),
      value: 'infix',
    },
  ];
  const position = await choose<PromptPosition>({
    ...place,
    placeholder: vscode.l10n.t('Where the prompt stands'),
    choices,
    active: (value) => value === answers.position,
  });
  if (position === undefined || position === back) return position;
  answers.position = position;
  return true;
};
