import * as vscode from 'vscode';
import { type Step, ask } from '../platform/questions';
import type { Answers, CustomAnswers } from './answers';

/** What the Custom preset asks, one number a step. */
export const customSteps: readonly Step<Answers>[] = [
  numberStep('promptLength', { whole: true }, () => vscode.l10n.t('Prompt length: number of virtual tokens')),
  numberStep('steps', { whole: true }, () => vscode.l10n.t('Most optimiser steps')),
  numberStep('learningRate', { whole: false }, () => vscode.l10n.t('Learning rate; soft prompts need a large one')),
];

function numberStep(
  field: keyof CustomAnswers,
  { whole }: { readonly whole: boolean },
  prompt: () => string,
): Step<Answers> {
  return async ({ custom }, place) => {
    const text = await ask({
      ...place,
      prompt: prompt(),
      value: String(custom[field]),
      problem: (value) => numberProblem(value, whole),
    });
    if (typeof text !== 'string') return text;
    custom[field] = Number(text);
    return true;
  };
}

/** What is wrong with a number that must be above 0, and perhaps whole. */
export function numberProblem(text: string, whole: boolean): string | undefined {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) return vscode.l10n.t('Give a number.');
  if (value <= 0) return vscode.l10n.t('It must be more than 0.');
  if (whole && !Number.isInteger(value)) return vscode.l10n.t('Give a whole number.');
  return undefined;
}
