import { mayTune } from '../platform/trust';
import { hindrance } from '../views/modelText';
import { chosenModel } from './chosenModel';
import type { Command } from './studio';
import { askAndTune } from './tunePrompt';

/** Tunes a prompt for the model called on: asks for everything but the model. */
export const tuneWithModel: Command = async (studio, argument) => {
  if (!mayTune()) return;
  const model = await chosenModel(studio, argument, (each) => hindrance(each) === undefined);
  if (model) await askAndTune(studio, { model: model.model });
};
