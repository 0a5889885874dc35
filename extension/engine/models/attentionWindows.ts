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
export function readWindow(configuration: Configuration, fallback: number | undefined): number | undefined {
  if (configuration.isNull('sliding_window')) return undefined;
  if (fallback === undefined && !configuration.has('sliding_window')) return undefined;
  return configuration.count('sliding_window', fallback);
}

/**
 * The windows of an architecture whose `use_sliding_window` switches them on: in the layers that `layer_types` says, or that
 * `windowed` names where it does not. @param fallback of `sliding_window`.
 */
export function readSwitchedWindows(
  configuration: Configuration,
  fallback: number | undefined,
  windowed: (layer: number) => boolean,
): WindowOf {
  const switchedOn = configuration.flag('use_sliding_window', false);
  const window = switchedOn ? readWindow(configuration, fallback) : undefined;
  const layers = configuration.count('num_hidden_layers');
  const typeOf = readLayerTypes(configuration, layers, (layer) =>
    window !== undefined && windowed(layer) ? 'sliding_attention' : 'full_attention',
  );
  configuration.ignore('sliding_window');
  return (layer) => {
    if (typeOf(layer) === 'full_attention') return undefined;
    if (window === undefined)
      configuration.reject('layer_types', ', but "use_sliding_window" and "sliding_window" switch windows off');
    return window;
  };
}
