import { chosenExperiment } from '../experiments/chosenExperiment';
import { startTuning } from '../experiments/startTuning';
import { mayTune } from '../platform/trust';
import type { Command } from './studio';

/** Tunes a prompt as an experiment file says: the one called on, or the one in the active editor. */
export const tuneExperiment: Command = async (studio, argument) => {
  if (!mayTune()) return;
  const experiment = chosenExperiment(argument);
  if (experiment) await startTuning(studio, experiment);
};
