import * as vscode from 'vscode';
import { isExperimentFile } from '../experiments/experimentFile';
import { startTuning } from '../experiments/startTuning';
import { mayTune } from '../platform/trust';
import type { Command } from './studio';

/** Tunes a prompt as an experiment file says: the one called on, or the one in the active editor. */
export const tuneExperiment: Command = async (studio, argument) => {
  if (!mayTune()) return;
  const experiment = argument instanceof vscode.Uri ? argument : vscode.window.activeTextEditor?.document.uri;
  if (experiment && isExperimentFile(experiment.path)) await startTuning(studio, experiment);
  else
    void vscode.window.showWarningMessage(
      vscode.l10n.t('Open an experiment first: a file whose name ends in .tune.json.'),
    );
};
