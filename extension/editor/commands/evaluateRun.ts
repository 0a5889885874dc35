import { mayEvaluate } from '../platform/trust';
import { chosenRun } from './chosenRun';
import { askAndEvaluate } from './evaluateDataset';
import type { Command } from './studio';

/** Evaluates a run's prompt: asks on which data set, and with which other prompts. */
export const evaluateRun: Command = async (studio, argument) => {
  if (!mayEvaluate()) return;
  const run = await chosenRun(studio, argument, 'evaluate');
  if (run) await askAndEvaluate(studio, { files: [], prompts: [run.folder] });
};
