import * as vscode from 'vscode';

/** Every key that a `when` clause of package.json may ask for. */
export enum ContextKey {
  /** A run of this window is being tuned. */
  RunLive = 'softPrompt.run.live',
  /** At least one run is known. */
  RunsAny = 'softPrompt.runs.any',
  /** A prompt was selected to be compared with another. */
  CompareSelected = 'softPrompt.compare.selected',
  /** Data was checked, and what was found is shown. */
  DataChecked = 'softPrompt.dataCheck.any',
  /** The models of this machine could not be listed. */
  ModelsUnknown = 'softPrompt.models.unknown',
}

const known = new Map<ContextKey, boolean>();

/** Tells the editor a new value; the same value again costs nothing. */
export function setContextKey(key: ContextKey, value: boolean): void {
  if (known.get(key) === value) return;
  known.set(key, value);
  void vscode.commands.executeCommand('setContext', key, value);
}
