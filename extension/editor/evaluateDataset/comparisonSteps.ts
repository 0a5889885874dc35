import { basename } from 'node:path';
import * as vscode from 'vscode';
import { mostEvaluatedRows } from '../../protocol/evaluation';
import { type Choice, type Step, ask, back, choose, chooseMany } from '../platform/questions';
import { numberProblem, numberStep } from '../platform/numberStep';
import { type ComparisonChoice, type EvaluationAnswers, comparisons, hasPromptsOfTheirOwn } from './evaluationAnswers';

/** Asks what the prompts are compared with, and whether the model ranks the label words or writes by itself. */
export const comparisonStep: Step<EvaluationAnswers> = async (answers, place) => {
  const several = answers.prompts.length > 1;
  const words: Readonly<Record<ComparisonChoice, Choice<ComparisonChoice>>> = {
    ensemble: {
      label: vscode.l10n.t('Ensemble of the prompts'),
      description: vscode.l10n.t('majority vote and mean probability'),
    },
    own: {
      label: vscode.l10n.t('Each data set with its own prompt only'),
      description: pairsText(answers),
    },
    majority: { label: vscode.l10n.t('Majority class'), description: vscode.l10n.t('always the most frequent label') },
    'zero-shot': {
      label: vscode.l10n.t('Zero-shot text prompt'),
      description: vscode.l10n.t('the frozen model without any prompt'),
    },
    'few-shot': {
      label: vscode.l10n.t('Few-shot text prompts'),
      description: vscode.l10n.t('labelled examples in front of the text'),
    },
    generate: {
      label: vscode.l10n.t('Let the model write its answers'),
      description: vscode.l10n.t('instead of ranking the label words; slower'),
    },
  };
  const offered = comparisons.filter((each) =>
    each === 'ensemble' ? several : each !== 'own' || hasPromptsOfTheirOwn(answers),
  );
  for (;;) {
    const answer = await chooseMany<ComparisonChoice>({
      ...place,
      placeholder: vscode.l10n.t('What to compare with, on the same rows and the same frozen model'),
      choices: offered.map((value) => ({ ...words[value], value })),
      chosen: answers.comparisons.filter((each) => offered.includes(each)),
    });
    if (answer === undefined || answer === back) return answer;
    answers.comparisons = answer.chosen;
    const baselines = answer.chosen.filter((each) => !['ensemble', 'own', 'generate'].includes(each));
    if (answers.prompts.length > 0 || baselines.length > 0) return true;
    void vscode.window.showWarningMessage(vscode.l10n.t('Without a prompt, choose at least one baseline.'));
  }
};

/** Which prompt each data set goes with when it has its own. */
function pairsText({ datasets, prompts, candidates }: EvaluationAnswers): string {
  const names = prompts.map((path) => candidates.find((each) => each.path === path)?.name ?? basename(path));
  return datasets.map(({ dataSet }, index) => `${basename(dataSet ?? '')} → ${names[index]}`).join(', ');
}

const whole = { whole: true };
const numbersOf = (answers: EvaluationAnswers): EvaluationAnswers => answers;

/** The template of the text prompts; that of the task, unless it is changed. */
export const textPromptStep: Step<EvaluationAnswers> = async (answers, place) => {
  const own = answers.datasets[0]?.task?.template ?? '';
  const text = await ask({
    ...place,
    prompt: vscode.l10n.t('Text prompt of the baselines, with the columns in braces'),
    value: answers.textPrompt ?? own,
    problem: (value) => (value.trim() === '' ? vscode.l10n.t('Give a text with a column in it.') : undefined),
  });
  if (typeof text !== 'string') return text;
  answers.textPrompt = text;
  return true;
};

export const fewShotSteps: readonly Step<EvaluationAnswers>[] = [
  numberStep(numbersOf, 'shots', whole, () =>
    vscode.l10n.t('Labelled examples in front of each text (fewer where they do not fit)'),
  ),
  numberStep(numbersOf, 'seeds', whole, () => vscode.l10n.t('How many times the examples are drawn anew')),
];

const all = 0;
const other = -1;

const sizes = [100, 1000, 10_000];

/** Asks for the number of rows: all, where that is not too many, or a sample that the seed draws. */
export const sampleStep: Step<EvaluationAnswers> = async (answers, place) => {
  const rows = Math.max(...answers.datasets.map(rowsOf));
  const tooMany = rows > mostEvaluatedRows;
  const chosen = await choose<number>({
    ...place,
    placeholder: tooMany
      ? vscode.l10n.t('Rows of each data set; one has more than can be evaluated at once')
      : vscode.l10n.t('Rows of each data set'),
    choices: [
      ...(tooMany
        ? []
        : [
            {
              label: vscode.l10n.t('All rows'),
              description: vscode.l10n.t('of data that a prompt learned from: its test part'),
              value: all,
            },
          ]),
      ...sizes
        .filter((size) => size < rows)
        .map((size) => ({ label: vscode.l10n.t('{0} rows, drawn at random', size), value: size })),
      { label: vscode.l10n.t('Another number...'), value: other },
    ],
    active: (value) => value === (answers.sample ?? (tooMany ? sizes.at(-1) : all)),
  });
  if (typeof chosen !== 'number') return chosen;
  const size = chosen === other ? await askSize(answers, place) : chosen;
  if (typeof size !== 'number') return size;
  if (size === all) delete answers.sample;
  else answers.sample = size;
  return true;
};

/** Rows of a data set, as far as they are known. */
function rowsOf({ description }: EvaluationAnswers['datasets'][number]): number {
  return description?.more ? Infinity : (description?.rows ?? mostEvaluatedRows);
}

async function askSize(
  { sample }: EvaluationAnswers,
  place: Parameters<Step<EvaluationAnswers>>[1],
): Promise<number | typeof back | undefined> {
  const text = await ask({
    ...place,
    prompt: vscode.l10n.t('Most rows of each data set'),
    value: String(sample ?? 500),
    problem: (value) =>
      numberProblem(value, true) ??
      (Number(value) > mostEvaluatedRows ? vscode.l10n.t('At most {0} rows.', mostEvaluatedRows) : undefined),
  });
  return typeof text === 'string' ? Number(text) : text;
}
