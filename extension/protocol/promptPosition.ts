import type { PromptPosition } from './experiment';
import type { RunRecord } from './run';

/** A place behind the text. That a prompt stands in front of it, as most do, is said nowhere. */
export type PositionBehind = Exclude<PromptPosition, 'prefix'>;

/** Where the prompt of a run stands; undefined: in front of the text. */
export function positionOf({ experiment, imported }: RunRecord): PositionBehind | undefined {
  const position = experiment?.prompt?.position ?? imported?.position;
  return position === 'prefix' ? undefined : position;
}
