import type { Command } from './studio';

/** Looks for the models of this machine again. */
export const refreshModels: Command = ({ models }) => models.refresh();
