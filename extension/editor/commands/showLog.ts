import type { Command } from './studio';

/** Shows what the extension and its trainers had to say. */
export const showLog: Command = ({ log }) => log.show();
