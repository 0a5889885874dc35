import type { Metric } from './metric';

/** Share of the examples whose class is predicted. */
export const accuracy: Metric = {
  higherIsBetter: true,
  needsClasses: true,
  value: (predictions) =>
    predictions.filter(({ predicted, target }) => predicted === target).length / predictions.length,
};
