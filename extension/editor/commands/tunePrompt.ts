import * as vscode from 'vscode';
import { isExperimentFile } from '../experiments/experimentFile';
import { startTuning } from '../experiments/startTuning';
import { mayTune } from '../platform/trust';
import { askAnswers, writeExperiment } from '../tunePrompt/askAnswers';
import type { Command, Studio } from './studio';

/** Asks what to tune on what, writes the answers as an experiment, opens it, and starts. Called on a data set, that is known. */
export const tunePrompt: Command = async (studio, argument) => {
  if (!mayTune()) return;
  const file = argument instanceof vscode.Uri ? argument : undefined;
  if (file && isExperimentFile(file.path)) await startTuning(studio, file);
  else await askAndTune(studio, file ? { dataSet: file.fsPath } : {});
};

/** Asks for what is not `known`, and tunes what was answered. */
export async function askAndTune(studio: Studio, known: Parameters<typeof askAnswers>[1]): Promise<void> {
  const answers = await askAnswers(studio, known);
  if (!answers) return;
  const experiment = await writeExperiment(studio.models.places, answers);
  await vscode.window.showTextDocument(experiment, { preview: false });
  if (answers.start) await startTuning(studio, experiment);
}
