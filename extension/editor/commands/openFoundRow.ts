import type { FoundRow } from '../../protocol/dataCheck';
import { openDataRow } from '../evaluation/openDataRow';
import type { Command } from './studio';

/** Opens a row that the Data Check view lists, in its file. */
export const openFoundRow: Command = async (_studio, argument) => {
  const { file, row } = argument as FoundRow;
  await openDataRow(file, row);
};
