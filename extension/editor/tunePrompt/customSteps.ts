import * as vscode from 'vscode';
import { numberStep } from '../platform/numberStep';
import type { Step } from '../platform/questions';
import type { Answers, CustomAnswers } from './answers';

const custom = (answers: Answers): CustomAnswers => answers.custom;

/** What the Custom preset asks, one number a step. */
export const customSteps: readonly Step<Answers>[] = [
  numberStep(custom, 'promptLength', { whole: true }, () => vscode.l10n.t('Prompt length: number of virtual tokens')),
  numberStep(custom, 'steps', { whole: true }, () => vscode.l10n.t('Most optimiser steps')),
  numberStep(custom, 'learningRate', { whole: false }, () =>
    vscode.l10n.t('Learning rate; soft prompts need a large one'),
  ),
];
