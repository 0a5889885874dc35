import { basename } from 'node:path';
import * as vscode from 'vscode';
import { type EvaluationRequest, evaluationRequestSchema } from '../../protocol/evaluation';
import { type Step, choose } from '../platform/questions';
import type { EvaluationAnswers } from './evaluationAnswers';

const key = 'softPrompt.lastEvaluations';
const mostKept = 30;

/** What was last evaluated on these data sets in this workspace. */
export function lastChoice(memory: vscode.Memento, files: readonly string[]): EvaluationRequest | undefined {
  const kept = memory.get<Readonly<Record<string, unknown>>>(key, {})[files.join('\n')];
  // What an older version of the extension kept may lack something by now.
  const { success, data } = evaluationRequestSchema.safeParse(kept);
  return success ? data : undefined;
}

export async function rememberChoice(memory: vscode.Memento, request: EvaluationRequest): Promise<void> {
  const place = request.datasets.map(({ file }) => file).join('\n');
  const others = Object.entries(memory.get<Readonly<Record<string, unknown>>>(key, {})).filter(
    ([each]) => each !== place,
  );
  await memory.update(key, Object.fromEntries([...others.slice(-mostKept), [place, request]]));
}

/** Offers what was evaluated the last time, as it was. */
export function sameStep(last: EvaluationRequest): Step<EvaluationAnswers> {
  return async (answers, place) => {
    const same = await choose<boolean>({
      ...place,
      placeholder: vscode.l10n.t('What to evaluate'),
      choices: [
        { label: `$(history) ${vscode.l10n.t('Same as last time')}`, detail: requestText(last), value: true },
        { label: `$(list-selection) ${vscode.l10n.t('Choose anew...')}`, value: false },
      ],
    });
    if (typeof same !== 'boolean') return same;
    if (same) answers.same = last;
    else delete answers.same;
    return true;
  };
}

function requestText({ prompts, ensemble, baselines, sample }: EvaluationRequest): string {
  return [
    ...prompts.map((path) => basename(path)),
    ...(ensemble ? [vscode.l10n.t('their ensemble')] : []),
    ...baselines,
    sample === undefined ? vscode.l10n.t('all rows') : vscode.l10n.t('{0} rows', sample),
  ].join(', ');
}
