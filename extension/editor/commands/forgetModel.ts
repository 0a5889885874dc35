import { chosenModel } from './chosenModel';
import type { Command } from './studio';

/** Takes a model that the person added out of the Models view; its files stay where they are. */
export const forgetModel: Command = async (studio, argument) => {
  const { models } = studio;
  const model = await chosenModel(studio, argument, ({ path }) => models.places.added.includes(path));
  if (!model) return;
  await models.places.forget(model.path);
  await models.refresh();
};
