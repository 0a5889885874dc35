import type { Command } from './studio';

/** Reads all runs from the disk again. */
export const refreshRuns: Command = ({ catalog }) => catalog.refresh();
