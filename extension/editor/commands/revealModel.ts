import { reveal } from '../platform/reveal';
import { chosenModel } from './chosenModel';
import type { Command } from './studio';

/** Shows where a model lies. */
export const revealModel: Command = async (studio, argument) => {
  const model = await chosenModel(studio, argument);
  if (model) await reveal(model.path);
};
