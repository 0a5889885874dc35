import * as vscode from 'vscode';
import type { Command } from './studio';

/** Opens the steps to a first soft prompt. */
export const openWalkthrough: Command = ({ context }) =>
  vscode.commands.executeCommand('workbench.action.openWalkthrough', `${context.extension.id}#start`, false);
