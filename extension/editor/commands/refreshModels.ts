import * as vscode from 'vscode';
import type { Command } from './studio';

/** Looks for the models of this machine again. */
export const refreshModels: Command = ({ models }) =>
  vscode.window.withProgress({ location: { viewId: 'softPrompt.models' } }, () => models.refresh());
