import * as vscode from 'vscode';
import { type Step, ask } from './questions';

/** Asks for a number above 0, perhaps whole, and keeps it in a field of what `numbers` finds in the state. */
export function numberStep<State, Field extends string>(
  numbers: (state: State) => Record<Field, number>,
  field: Field,
  { whole }: { readonly whole: boolean },
  prompt: () => string,
): Step<State> {
  return async (state, place) => {
    const text = await ask({
      ...place,
      prompt: prompt(),
      value: String(numbers(state)[field]),
      problem: (value) => numberProblem(value, whole),
    });
    if (typeof text !== 'string') return text;
    numbers(state)[field] = Number(text);
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
