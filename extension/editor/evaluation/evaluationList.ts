import { join } from 'node:path';
import type { EvaluationRecord } from '../../protocol/evaluation';
import type { Run } from '../../protocol/run';

/** An evaluation on the disk. */
export interface ListedEvaluation {
  readonly folder: string;
  readonly record: EvaluationRecord;
  /** The run that wrote it while it tuned; absent where a person asked for it. */
  readonly run?: Run;
}

/**
 * Every evaluation that a person can open, the newest first: those that were asked for in `runsFolders`, and those that the runs
 * wrote of their dev and test parts. A record that cannot be read is left out.
 */
export async function listAllEvaluations(
  runsFolders: readonly string[],
  runs: readonly Run[],
): Promise<readonly ListedEvaluation[]> {
  const { evaluationsFolder, listEvaluations, readEvaluationRecord, evaluationsName } =
    await import('../../runs/evaluationFolder');
  const asked = await Promise.all(runsFolders.map((folder) => listEvaluations(evaluationsFolder(folder))));
  const own = await Promise.all(
    runs.map(async (run) =>
      (await listEvaluations(join(run.folder, evaluationsName))).map((folder) => ({ folder, run })),
    ),
  );
  const places: { readonly folder: string; readonly run?: Run }[] = [
    ...asked.flat().map((folder) => ({ folder })),
    ...own.flat(),
  ];
  const found = await Promise.all(
    places.map(async (place) => {
      const record = await readEvaluationRecord(place.folder).catch(() => undefined);
      return record ? [{ ...place, record }] : [];
    }),
  );
  return found.flat().toSorted((a, b) => (a.record.createdAt < b.record.createdAt ? 1 : -1));
}
