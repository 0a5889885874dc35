import { tokenChanges } from '../../extension/protocol/inspection';
import type { ComparedPrompt, PromptDiff, TokenChange } from '../../extension/protocol/inspection';
import { metricWord, positionWords } from './runFacts';

/** What a compared prompt is called: its run and step, or its file. */
export function promptWords({ name, run, step }: ComparedPrompt): string {
  if (run === undefined) return name;
  return step === undefined ? run.name : `${run.name}, step ${step}`;
}

/** Each change with how often it occurs, in the order of the protocol; those that do not occur are left out. */
export function changeCounts({
  tokens,
}: PromptDiff): readonly { readonly change: TokenChange; readonly count: number }[] {
  return tokenChanges
    .map((change) => ({ change, count: tokens.filter((row) => row.change === change).length }))
    .filter(({ count }) => count > 0);
}

/** The difference in one sentence with its numbers. */
export function diffFinding(diff: PromptDiff): string {
  const { a, b, model, scores, predictions } = diff;
  const cosines = diff.tokens.flatMap(({ cosine }) => (cosine === undefined ? [] : [cosine]));
  const mean = cosines.reduce((sum, cosine) => sum + cosine, 0) / cosines.length;
  const parts = [
    changeCounts(diff)
      .map(({ change, count }) => `${count} ${change}`)
      .join(', '),
    ...(cosines.length > 0 ? [`mean cosine between assigned virtual tokens ${mean.toFixed(3)}`] : []),
    ...scores.map(
      (score) => `${score.split} ${metricWord(score.metric)} ${score.a.toFixed(4)} and ${score.b.toFixed(4)}`,
    ),
    ...(predictions ? [`${predictions.changed.length} of ${predictions.compared} predictions differ`] : []),
  ];
  return `${promptWords(a)} (${a.length} virtual tokens${positionWords(a.position)}) and ${promptWords(b)} (${b.length}${positionWords(b.position)}), ${model.name}: ${parts.join('; ')}.`;
}
