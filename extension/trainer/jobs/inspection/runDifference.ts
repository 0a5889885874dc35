import type { PromptDiff } from '../../../protocol/inspection';
import type { JournalEntry } from '../../../protocol/run';
import { readJournal } from '../../../runs/journal';
import type { SourceRun } from '../promptSource';

/** Fields of two runs' experiments that differ, by their path as `training.seed`. */
export function configurationDifferences(a: SourceRun, b: SourceRun): PromptDiff['configuration'] {
  const [fieldsA, fieldsB] = [a, b].map(({ record }) => flattened(record.experiment)) as [Fields, Fields];
  return [...new Set([...fieldsA.keys(), ...fieldsB.keys()])].flatMap((field) => {
    const [valueA, valueB] = [fieldsA.get(field) ?? '', fieldsB.get(field) ?? ''];
    return valueA === valueB ? [] : [{ field, a: valueA, b: valueB }];
  });
}

/**
 * Scores of both checkpoints where they are scores of one evaluation: the same rows of the same files. Otherwise none, and why.
 */
export async function scoreDifferences(
  a: SourceRun,
  b: SourceRun,
): Promise<{ readonly scores: PromptDiff['scores']; readonly warning?: string }> {
  if (evaluatedOn(a) !== evaluatedOn(b))
    return {
      scores: [],
      warning:
        'The two runs were evaluated on different rows or for different tasks, so their scores are not compared.',
    };
  const [entriesA, entriesB] = await Promise.all([a, b].map(({ folder }) => readJournal(folder)));
  const scores = (['dev', 'test'] as const).flatMap((split) => {
    const [scoresA, scoresB] = [scoresAt(entriesA!, a.step, split), scoresAt(entriesB!, b.step, split)];
    return Object.keys(scoresA).flatMap((metric) =>
      scoresB[metric] === undefined ? [] : [{ split, metric, a: scoresA[metric]!, b: scoresB[metric] }],
    );
  });
  return { scores };
}

type Fields = ReadonlyMap<string, string>;

function flattened(value: unknown, path = ''): Fields {
  if (typeof value !== 'object' || value === null)
    return new Map([[path, typeof value === 'string' ? value : JSON.stringify(value)]]);
  const fields = Object.entries(value).flatMap(([name, inner]) => [
    ...flattened(inner, path === '' ? name : `${path}.${name}`),
  ]);
  return new Map(fields);
}

/** What has to be the same for two scores to be of one evaluation. */
function evaluatedOn({ record: { data, experiment } }: SourceRun): string {
  const files = data?.files.map(({ sha256 }) => sha256);
  return JSON.stringify([files, data?.rows, experiment?.data.split, experiment?.data.limit, experiment?.task]);
}

function scoresAt(entries: readonly JournalEntry[], step: number, split: 'dev' | 'test'): Record<string, number> {
  const found = entries.findLast(
    (entry) => entry.type === 'evaluation' && entry.step === step && entry.split === split,
  );
  return found?.type === 'evaluation' ? found.scores : {};
}
