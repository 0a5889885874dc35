import * as vscode from 'vscode';
import { back } from '../platform/questions';
import type { Answers } from './answers';
import { modelStep } from './modelStep';

/** Asks for a frozen model alone, as Tune Prompt does; undefined when the person left. */
export async function askModel(memory: vscode.Memento): Promise<string | undefined> {
  const answers: Answers = { custom: { promptLength: 0, steps: 0, learningRate: 0 }, start: false };
  const title = vscode.l10n.t('Which frozen model was the prompt learned for?');
  const answer = await modelStep(memory)(answers, { title, step: 1, totalSteps: 1 });
  return answer === undefined || answer === back ? undefined : answers.model;
}
