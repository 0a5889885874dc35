import { mayTune } from '../platform/trust';
import { checkAndShow } from './checkData';
import type { Command } from './studio';

/** Checks once more what the Data Check view shows. */
export const checkDataAgain: Command = async (studio) => {
  const { report } = studio.dataChecks;
  if (report && mayTune()) await checkAndShow(studio, report.file);
};
