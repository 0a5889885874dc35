import { dirname } from 'node:path';
import type { PredictionDifferences } from '../../../protocol/inspection';
import {
  evaluationsFolder,
  listEvaluations,
  readEvaluationRecord,
  readExamples,
  readPredictions,
  runEvaluationFolder,
} from '../../../runs/evaluationFolder';
import type { PromptSource } from '../promptSource';

/** What a prompt said of the rows of one data set: row -> answer. */
interface Answered {
  /** SHA-256 of the data set. */
  readonly dataset: string;
  readonly rows: ReadonlyMap<number, { readonly input: string; readonly target: string; readonly said: string }>;
}

/**
 * The rows that two prompts of runs predict otherwise, from the evaluations that there are: those that their runs made of the dev and
 * test rows, and those that a person asked for, in which a prompt is known by its numbers. Of several data sets the one with the most rows in
 * common is taken; undefined where they have none.
 */
export async function predictionDifferences(
  a: PromptSource,
  b: PromptSource,
): Promise<PredictionDifferences | undefined> {
  const [ofA, ofB] = await Promise.all([answersOf(a), answersOf(b)]);
  let most: PredictionDifferences | undefined;
  for (const one of ofA) {
    for (const other of ofB.filter(({ dataset }) => dataset === one.dataset)) {
      const shared = [...one.rows].filter(([row]) => other.rows.has(row));
      if (shared.length === 0 || shared.length <= (most?.compared ?? 0)) continue;
      const changed = shared.flatMap(([row, { input, target, said }]) => {
        const b = other.rows.get(row)!.said;
        return said === b ? [] : [{ row, input, target, a: said, b }];
      });
      most = { compared: shared.length, changed };
    }
  }
  return most;
}

async function answersOf({ sha256: hash, run }: PromptSource): Promise<Answered[]> {
  if (!run) return [];
  const own = (['dev', 'test'] as const).map((part) => runEvaluationFolder(run.folder, part));
  const asked = await listEvaluations(evaluationsFolder(dirname(run.folder)));
  const found = await Promise.all([
    ...own.map((folder) => answered(folder, ({ step }) => step === run.step)),
    ...asked.map((folder) => answered(folder, ({ sha256 }) => sha256 === hash)),
  ]);
  return found.flat();
}

/** What the predictor that is meant said in one evaluation; nothing where it is not in it, or it cannot be read. */
async function answered(
  folder: string,
  isMeant: (predictor: { readonly step?: number | undefined; readonly sha256?: string | undefined }) => boolean,
): Promise<Answered[]> {
  const record = await readEvaluationRecord(folder).catch(() => undefined);
  const predictor = record?.predictors.find((each) => each.kind === 'prompt' && isMeant(each));
  if (!record || !predictor) return [];
  const lines = (await readPredictions(folder)).get(predictor.id);
  const examples = await readExamples(folder);
  return record.datasets.map(({ sha256 }, index) => {
    const rows = examples.flatMap(({ dataset, example, row, input, target }) => {
      const line = dataset === index ? lines?.get(example) : undefined;
      const said = line?.predicted ?? line?.text;
      return said === undefined ? [] : [[row, { input, target, said }] as const];
    });
    return { dataset: sha256, rows: new Map(rows) };
  });
}
