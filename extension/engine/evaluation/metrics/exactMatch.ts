import type { Metric } from './metric';

/** Share of the examples whose target greedy decoding would produce token by token. */
export const exactMatch: Metric = {
  higherIsBetter: true,
  needsClasses: false,
  value: (predictions) => predictions.filter(({ exact }) => exact).length / predictions.length,
};
