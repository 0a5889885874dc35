import type { Metric } from './metric';

/** Mean negative log-likelihood of the right targets, nats a target token: what tuning makes smaller. */
export const loss: Metric = {
  higherIsBetter: false,
  needsClasses: false,
  value(predictions) {
    const tokens = predictions.reduce((sum, each) => sum + each.tokens, 0);
    return -predictions.reduce((sum, each) => sum + each.logProbability, 0) / tokens;
  },
};
