/** Rows to score by label words of one token each, as both sides do it. */
export interface Scoring {
  readonly model: 'smollm2';
  readonly rows: number;
  readonly promptLength: number;
  /** Of each label word. */
  readonly labels: readonly number[];
}

/** What is tuned on: an epoch of ten steps. */
export const reviews: Scoring = { model: 'smollm2', rows: 160, promptLength: 20, labels: [1000, 2000] };

export const scoring: Scoring = { model: 'smollm2', rows: 400, promptLength: 20, labels: [1000, 2000] };

/** Tokens that all texts begin with, as with the sample's template, "review: {text} sentiment:". */
export const leadTokens = 2;

/** Texts of 8 to 59 tokens, as the sample's reviews with their template, in no order of length. */
export function texts({ rows }: Scoring, vocabulary: number): number[][] {
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: 8 + ((row * 37) % 52) }, (_, i) => {
      const seed = i < leadTokens ? 0 : row;
      return 3 + ((seed * 7919 + i * 104_729) % (vocabulary - 3));
    }),
  );
}
