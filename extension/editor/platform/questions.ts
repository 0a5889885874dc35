import * as vscode from 'vscode';
import { ChosenValues } from './chosenValues';
import { Disposables } from './disposables';

/** The person wants the question before this one again. */
export const back = Symbol('back');
export type Back = typeof back;
/** What a question gives: an answer, {@link back}, or undefined when the person left. */
export type Answer<T> = T | Back | undefined;

export interface Choice<T> {
  readonly label: string;
  readonly description?: string;
  readonly detail?: string;
  /** What choosing it answers. Without a value the choice is a heading between others. */
  readonly value?: T;
  /** A button on the choice, with an answer of its own. */
  readonly button?: { readonly icon: string; readonly tooltip: string; readonly value: T };
}

interface Place {
  readonly title: string;
  /** Among how many questions it stands where; not given for one that is asked alone. */
  readonly step?: number;
  readonly totalSteps?: number;
}

export interface ChooseQuestion<T> extends Place {
  readonly placeholder: string;
  /** May still be on its way: the question is shown at once, as busy. */
  readonly choices: readonly Choice<T>[] | Promise<readonly Choice<T>[]>;
  /** The choice that is marked first. */
  readonly active?: (value: T) => boolean;
}

export interface AskQuestion extends Place {
  readonly prompt: string;
  readonly value: string;
  /** What is wrong with an answer, in words; undefined when nothing is. */
  readonly problem?: (value: string) => string | undefined;
}

type Item<T> = vscode.QuickPickItem & { readonly choice?: Choice<T> };

/** Asks for one of several choices. A failure to find the choices is shown in their place, and leads back. */
export async function choose<T>(question: ChooseQuestion<T>): Promise<Answer<T>> {
  const own = new Disposables();
  const pick = own.add(vscode.window.createQuickPick<Item<T>>());
  pick.title = question.title;
  pick.step = question.step;
  pick.totalSteps = question.totalSteps;
  pick.placeholder = question.placeholder;
  pick.matchOnDescription = true;
  pick.ignoreFocusOut = true;
  if ((question.step ?? 1) > 1) pick.buttons = [vscode.QuickInputButtons.Back];
  pick.busy = true;
  pick.show();

  const fill = async (): Promise<void> => {
    try {
      pick.items = (await question.choices).map(itemOf);
      const marked = pick.items.find(({ choice }) => choice?.value !== undefined && question.active?.(choice.value));
      if (marked) pick.activeItems = [marked];
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      pick.items = [
        { label: `$(error) ${vscode.l10n.t('Go back and choose another')}`, detail: message, alwaysShow: true },
      ];
    }
    pick.busy = false;
  };
  void fill();

  try {
    return await new Promise<Answer<T>>((resolve) => {
      own.add(pick.onDidTriggerButton(() => resolve(back)));
      own.add(pick.onDidTriggerItemButton(({ item }) => resolve(item.choice?.button?.value)));
      own.add(
        pick.onDidAccept(() => {
          const item = pick.selectedItems[0];
          if (item) resolve(item.choice ? item.choice.value : back);
        }),
      );
      own.add(pick.onDidHide(() => resolve(undefined)));
    });
  } finally {
    own.dispose();
  }
}

/** Asks for a line of text. Enter does nothing while the answer has a problem. */
export async function ask(question: AskQuestion): Promise<Answer<string>> {
  const own = new Disposables();
  const input = own.add(vscode.window.createInputBox());
  input.title = question.title;
  input.step = question.step;
  input.totalSteps = question.totalSteps;
  input.prompt = question.prompt;
  input.value = question.value;
  input.ignoreFocusOut = true;
  if ((question.step ?? 1) > 1) input.buttons = [vscode.QuickInputButtons.Back];
  const check = (): boolean => {
    input.validationMessage = question.problem?.(input.value);
    return input.validationMessage === undefined;
  };
  own.add(input.onDidChangeValue(check));
  check();
  input.show();
  try {
    return await new Promise<Answer<string>>((resolve) => {
      own.add(input.onDidTriggerButton(() => resolve(back)));
      own.add(input.onDidAccept(() => check() && resolve(input.value)));
      own.add(input.onDidHide(() => resolve(undefined)));
    });
  } finally {
    own.dispose();
  }
}

export interface ChooseManyQuestion<T> extends Place {
  readonly placeholder: string;
  readonly choices: readonly Choice<T>[];
  readonly chosen: readonly T[];
  /** Why a choice does not go together with those that are chosen, in words: shown where it is ticked, and its checkbox is cleared. */
  readonly unfit?: (value: T, chosen: readonly T[]) => string | undefined;
  /** A button of the question, which is answered as `pressed`. */
  readonly button?: { readonly icon: string; readonly tooltip: string; readonly value: T };
}

/** What is chosen, and the button that was pressed, if it was not accepted. */
export interface Many<T> {
  readonly chosen: readonly T[];
  readonly pressed?: T;
}

/** Asks for any number of choices. */
export async function chooseMany<T>(question: ChooseManyQuestion<T>): Promise<Answer<Many<T>>> {
  const { choices, unfit, button } = question;
  const own = new Disposables();
  const pick = own.add(vscode.window.createQuickPick<Item<T>>());
  pick.title = question.title;
  pick.step = question.step;
  pick.totalSteps = question.totalSteps;
  pick.placeholder = question.placeholder;
  pick.canSelectMany = true;
  pick.matchOnDescription = true;
  pick.ignoreFocusOut = true;
  const extra = button && { iconPath: new vscode.ThemeIcon(button.icon), tooltip: button.tooltip };
  pick.buttons = [...((question.step ?? 1) > 1 ? [vscode.QuickInputButtons.Back] : []), ...(extra ? [extra] : [])];

  const chosen = new ChosenValues(question.chosen, unfit);
  // The items are set once. Setting them again clears every checkbox for a moment, and VS Code reports that late, as a change of its own.
  const items = choices.map(itemOf);
  /** Clears the checkboxes of all but the chosen values. */
  const showChosen = (): void => {
    pick.selectedItems = items.filter(
      ({ choice }) => choice?.value !== undefined && chosen.values.includes(choice.value),
    );
  };
  pick.items = items;
  showChosen();
  pick.show();
  const valuesOf = (ticked: readonly Item<T>[]): T[] =>
    ticked.flatMap(({ choice }) => (choice?.value === undefined ? [] : [choice.value]));
  try {
    return await new Promise<Answer<Many<T>>>((resolve) => {
      own.add(
        pick.onDidChangeSelection((ticked) => {
          const [refusal] = chosen.tick(valuesOf(ticked));
          // Where the filter hides the placeholder, the reason would not be seen.
          if (refusal) {
            pick.value = '';
            pick.placeholder = refusal.reason;
            showChosen();
          }
        }),
      );
      own.add(
        pick.onDidTriggerButton((pressed) =>
          resolve(button && pressed === extra ? { chosen: chosen.values, pressed: button.value } : back),
        ),
      );
      own.add(
        pick.onDidTriggerItemButton(({ item }) => {
          const pressed = item.choice?.button?.value;
          if (pressed !== undefined) resolve({ chosen: chosen.values, pressed });
        }),
      );
      own.add(pick.onDidAccept(() => resolve({ chosen: chosen.values })));
      own.add(pick.onDidHide(() => resolve(undefined)));
    });
  } finally {
    own.dispose();
  }
}

/** A step asks something, keeps the answer in the state, and says whether to go on. */
export type Step<State> = (state: State, place: Place) => Promise<Answer<true>>;

/**
 * Walks through steps; each can go back to the one before with the answers kept.
 *
 * @param steps what is asked, which may depend on the answers so far.
 * @returns whether the last step was answered; false when the person left.
 */
export async function walk<State>(
  title: string,
  state: State,
  steps: (state: State) => readonly Step<State>[],
): Promise<boolean> {
  for (let index = 0; ;) {
    const all = steps(state);
    const step = all[index];
    if (!step) return true;
    const answer = await step(state, { title, step: index + 1, totalSteps: all.length });
    if (answer === undefined) return false;
    index = answer === back ? Math.max(0, index - 1) : index + 1;
  }
}

function itemOf<T>(choice: Choice<T>): Item<T> {
  if (choice.value === undefined) return { label: choice.label, kind: vscode.QuickPickItemKind.Separator };
  return {
    label: choice.label,
    choice,
    ...(choice.description ? { description: choice.description } : {}),
    ...(choice.detail ? { detail: choice.detail } : {}),
    ...(choice.button
      ? { buttons: [{ iconPath: new vscode.ThemeIcon(choice.button.icon), tooltip: choice.button.tooltip }] }
      : {}),
  };
}
