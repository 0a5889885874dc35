import type { Configuration } from './configuration';

/** How many positions a layer sees back, its own among them; undefined: all. */
export type WindowOf = (layer: number) => number | undefined;

const layerTypes = ['sliding_attention', 'full_attention'] as const;
/** As `layer_types` of a configuration says of each layer. */
export type LayerType = (typeof layerTypes)[number];

/** The type of a layer: as config.json lists them, `otherwise` where it does not. */
export function readLayerTypes(
  configuration: Configuration,
  layers: number,
  otherwise: (layer: number) => LayerType,
): (layer: number) => LayerType {
  const listed = configuration.choices('layer_types', layerTypes, layers);
  return listed === undefined ? otherwise : (layer) => listed[layer]!;
}

/** `sliding_window`, which null switches off; `fallback` where it is missing. */
export function readWindow(configuration: Configuration, fallback: number): number | undefined {
  return configuration.isNull('sliding_window') ? undefined : configuration.count('sliding_window', fallback);
}
