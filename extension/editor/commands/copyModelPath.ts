import * as vscode from 'vscode';
import { chosenModel } from './chosenModel';
import type { Command } from './studio';

/** Copies the absolute path of a model's folder or file. */
export const copyModelPath: Command = async (studio, argument) => {
  const model = await chosenModel(studio, argument);
  if (model) await vscode.env.clipboard.writeText(model.path);
};
