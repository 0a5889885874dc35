import { reveal } from '../platform/reveal';
import { chosenRun } from './chosenRun';
import type { Command } from './studio';

/** Shows a run's folder in the explorer, or in the system's own when it lies outside the workspace. */
export const revealRun: Command = async (studio, argument) => {
  const run = await chosenRun(studio, argument, 'reveal');
  if (run) await reveal(run.folder);
};
