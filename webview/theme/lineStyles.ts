/**
 * Hues of the lines: the editor's own chart colours, `--vscode-charts-NAME`. Orange is not among them: the standard dark theme
 * gives it a third of its opacity and the high contrast ones leave it out.
 */
export const hues = ['blue', 'yellow', 'purple', 'green', 'red', 'foreground'] as const;
export type Hue = (typeof hues)[number];

/** Dash patterns in pixels, so that a line is never told by its colour alone. */
export const dashes: readonly (readonly number[])[] = [[], [7, 4], [2, 3], [9, 3, 2, 3], [14, 5]];

export interface LineStyle {
  readonly hue: Hue;
  readonly dash: readonly number[];
}

/**
 * The style of a run's line. Five patterns and six hues have no common divisor: neighbours differ in both, and thirty runs
 * have thirty styles.
 */
export function lineStyle(colour: number): LineStyle {
  return { hue: hues[colour % hues.length]!, dash: dashes[colour % dashes.length]! };
}
