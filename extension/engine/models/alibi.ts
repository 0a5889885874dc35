/**
 * Attention with linear biases: Press, Smith and Lewis 2022, section 3. What a key of each head loses of its score for each position that
 * it stands further back, [heads]: 2^(-8 / n), 2^(-16 / n), ... for n heads. Where n is no power of two, the largest one below has them, and
 * the other heads have every second number of the list for twice as many.
 */
export function alibiSlopes(heads: number): readonly number[] {
  const regular = 2 ** Math.floor(Math.log2(heads));
  return Array.from({ length: heads }, (_, head) =>
    head < regular ? 2 ** ((-8 * (head + 1)) / regular) : 2 ** ((-4 * (2 * (head - regular) + 1)) / regular),
  );
}
