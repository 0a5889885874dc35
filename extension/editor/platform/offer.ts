import * as vscode from 'vscode';

/** What a message offers: its button, and what pressing it does. */
export interface Offer {
  readonly title: string;
  readonly act: () => unknown;
}

const show = {
  info: vscode.window.showInformationMessage,
  warning: vscode.window.showWarningMessage,
  error: vscode.window.showErrorMessage,
} as const;

/** Shows a message with buttons and acts on the one that is pressed. Does not wait: a message may stay for hours. */
export function tell(level: keyof typeof show, text: string, ...offers: readonly Offer[]): void {
  const message = show[level];
  void message(text, ...offers.map(({ title }) => title)).then((title) =>
    offers.find((offer) => offer.title === title)?.act(),
  );
}
