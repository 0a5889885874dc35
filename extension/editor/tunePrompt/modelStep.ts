import * as vscode from 'vscode';
import { type ModelParts, askModel } from '../models/askModel';
import type { Step } from '../platform/questions';
import type { Answers } from './answers';

/** Asks for the frozen model that a prompt is to be learned for. */
export function modelStep(parts: ModelParts): Step<Pick<Answers, 'model' | 'dataSet'>> {
  return async (answers, place) => {
    const placeholder = vscode.l10n.t('Frozen model: it stays as it is; only the prompt is learned');
    const model = await askModel(parts, { ...place, placeholder }, answers.model, answers.dataSet);
    if (typeof model !== 'string') return model;
    answers.model = model;
    return true;
  };
}
