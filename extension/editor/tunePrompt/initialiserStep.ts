import * as vscode from 'vscode';
import type { Initialiser } from '../../protocol/experiment';
import { type Choice, type Step, ask, back, choose } from '../platform/questions';
import { askPrompt } from '../prompts/askPrompt';
import type { RunCatalog } from '../runs/runCatalog';
import type { Answers } from './answers';

type Asked = Pick<Answers, 'task' | 'custom'>;

/** What the prompt starts as: the answer, or what an experiment takes where it does not say it. */
export function chosenInitialiser({ task, custom }: Asked): Initialiser {
  const usual = task?.label ? 'class-labels' : 'sampled-vocabulary';
  // Another task may have been chosen after the initialiser.
  return custom.initialiser === 'class-labels' ? usual : (custom.initialiser ?? usual);
}

/** Asks what the prompt starts as; class labels only where the task has some. */
export const initialiserStep: Step<Asked> = async (answers, place) => {
  const all: Choice<Initialiser>[] = [
    {
      label: vscode.l10n.t('Class labels'),
      detail: vscode.l10n.t('The embeddings of the label words, the rest sampled from the vocabulary.'),
      value: 'class-labels',
    },
    {
      label: vscode.l10n.t('Sampled vocabulary'),
      detail: vscode.l10n.t('The embeddings of frequent tokens.'),
      value: 'sampled-vocabulary',
    },
    { label: vscode.l10n.t('Random uniform'), detail: vscode.l10n.t('Random numbers.'), value: 'random-uniform' },
    {
      label: vscode.l10n.t('Text...'),
      detail: vscode.l10n.t('The embeddings of a text of yours.'),
      value: 'text',
    },
    {
      label: vscode.l10n.t('Another prompt...'),
      detail: vscode.l10n.t('A run, an adapter or a file that was learned before, as in SPoT.'),
      value: 'prompt',
    },
  ];
  const initialiser = await choose<Initialiser>({
    ...place,
    placeholder: vscode.l10n.t('What the prompt starts as'),
    choices: all.filter(({ value }) => value !== 'class-labels' || answers.task?.label !== undefined),
    active: (value) => value === chosenInitialiser(answers),
  });
  if (initialiser === undefined || initialiser === back) return initialiser;
  answers.custom.initialiser = initialiser;
  return true;
};

/** What the chosen initialiser needs: a text, or a prompt to start from; nothing for the others. */
export function initialiserDetails(answers: Asked, catalog: RunCatalog): readonly Step<Asked>[] {
  const initialiser = chosenInitialiser(answers);
  if (initialiser === 'text') return [textStep];
  return initialiser === 'prompt' ? [sourceStep(catalog)] : [];
}

/** What the model reads around a text: the template without its columns, or the label words where it has nothing else. */
function proposedText({ task }: Asked): string {
  const around = (task?.template ?? '').replace(/\{[^{}]*\}/g, ' ').replace(/\s+/g, ' ');
  return around.trim() || Object.values(task?.label?.words ?? {}).join(', ');
}

const textStep: Step<Asked> = async (answers, place) => {
  const { custom } = answers;
  const text = await ask({
    ...place,
    prompt: vscode.l10n.t('Text that the prompt starts as, repeated to its length'),
    value: custom.text || proposedText(answers),
    problem: (value) => (value.trim() === '' ? vscode.l10n.t('Give a text that the prompt starts as.') : undefined),
  });
  if (typeof text !== 'string') return text;
  custom.text = text;
  return true;
};

function sourceStep(catalog: RunCatalog): Step<Asked> {
  return async ({ custom }, place) => {
    const placeholder = vscode.l10n.t(
      'Prompt to start from, cut or repeated to {0} virtual tokens',
      custom.promptLength,
    );
    const from = await askPrompt(catalog, { ...place, placeholder }, { marked: custom.from });
    if (typeof from !== 'string') return from;
    custom.from = from;
    return true;
  };
}
