import type { TrainingSession } from './frozenModel';

/** Where the scale begins, after how many passes without overflow it doubles, and its largest value: torch's GradScaler has the same. */
const firstScale = 2 ** 16;
const growthInterval = 2000;
const largestScale = 2 ** 24;

/**
 * A session in float16 whose loss is multiplied by a scale before the backward pass and divided by it after, so that small gradients do
 * not vanish below float16's 6e-8 (Micikevicius et al. 2018, section 3.2). A pass that overflows is computed again at half the scale,
 * so no example is left out of its step; one that overflows even at scale 1 is returned as it is, and tuning ends as diverged.
 */
export function withLossScaling(session: TrainingSession): TrainingSession {
  let scale = firstScale;
  let passesAtScale = 0;
  return {
    async lossAndGradient(prompt, examples, normaliser) {
      for (;;) {
        const { loss, gradient } = await session.lossAndGradient(prompt, examples, normaliser / scale);
        // A sum over finite numbers of float16's range is finite.
        const finite = Number.isFinite(gradient.reduce((sum, number) => sum + number, loss));
        if (!finite && scale > 1) {
          scale /= 2;
          passesAtScale = 0;
          continue;
        }
        const unscaled = { loss: loss / scale, gradient: gradient.map((number) => number / scale) };
        passesAtScale++;
        if (passesAtScale === growthInterval) {
          scale = Math.min(2 * scale, largestScale);
          passesAtScale = 0;
        }
        return unscaled;
      }
    },
    release: () => session.release(),
  };
}
