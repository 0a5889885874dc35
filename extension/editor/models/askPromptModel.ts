import * as vscode from 'vscode';
import { back } from '../platform/questions';
import { type ModelParts, askModel } from './askModel';

/** Asks which frozen model a prompt belongs to that does not say it; undefined when the person left. */
export async function askPromptModel(parts: ModelParts): Promise<string | undefined> {
  const title = vscode.l10n.t('Which frozen model was the prompt learned for?');
  const placeholder = vscode.l10n.t('Frozen model of the prompt');
  const answer = await askModel(parts, { title, placeholder });
  return answer === undefined || answer === back ? undefined : answer;
}
