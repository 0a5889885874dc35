import { basename, dirname } from 'node:path';
import type { Run } from '../../protocol/run';
import type { CheckpointFolder } from '../../runs/checkpoints';

/** What a checkpoint can be compared with inside its own run. */
export interface Counterpart {
  readonly kind: 'start' | 'previous' | 'best' | 'last' | 'other';
  readonly step: number;
  /** Both sides, the earlier one first: what changed is read forwards. Absolute. */
  readonly a: string;
  readonly b: string;
}

/** The run that a path belongs to: its own folder, or one of its checkpoints. */
export function runOf(path: string, runs: readonly Run[]): Run | undefined {
  const inside = basename(dirname(path)) === 'checkpoints' ? dirname(dirname(path)) : path;
  return runs.find(({ folder }) => folder === inside);
}

/**
 * The other checkpoints of a run, the ones with a name first, each once.
 *
 * @param chosen the checkpoint that is compared.
 * @param checkpoints by rising step.
 */
export function counterparts(
  chosen: CheckpointFolder,
  checkpoints: readonly CheckpointFolder[],
  { best, last }: Pick<Run['record'], 'best' | 'last'>,
): readonly Counterpart[] {
  const others = checkpoints.filter(({ step }) => step !== chosen.step);
  const named = [
    { kind: 'start', found: others.find(({ step }) => step < chosen.step) },
    { kind: 'previous', found: others.findLast(({ step }) => step < chosen.step) },
    { kind: 'best', found: others.find(({ step }) => step === best?.step) },
    { kind: 'last', found: others.find(({ step }) => step === last?.step) },
    ...others.toReversed().map((found) => ({ kind: 'other', found }) as const),
  ] as const;
  const seen = new Set<number>();
  return named.flatMap(({ kind, found }) => {
    if (!found || seen.has(found.step)) return [];
    seen.add(found.step);
    const [a, b] = found.step < chosen.step ? [found.folder, chosen.folder] : [chosen.folder, found.folder];
    return [{ kind, step: found.step, a, b }];
  });
}
