import { chosenRunId } from './chosenRun';
import type { Command } from './studio';

/** Opens the Runs panel, with the run selected that the command was called on. */
export const showRuns: Command = ({ panel }, argument) => panel.show({ run: chosenRunId(argument) });
