import { checkData, type DataCheck } from '../../../extension/engine/dataCheck/checkData';
import type { Finding } from '../../../extension/engine/dataCheck/finding';
import type { Doubt, Rejection } from '../../../extension/engine/datasets/dataset';
import { type Part, parts } from '../../../extension/engine/datasets/splits';
import { encodeExamples } from '../../../extension/engine/tasks/encoding';
import { taskExamples } from '../../../extension/engine/tasks/examples';
import type { Example, Task } from '../../../extension/engine/tasks/task';
import { characters, dataset } from '../tasks/builders';

/** A text and its label. */
export type LabelledText = readonly [string, string];

export const sentiment: Task = {
  template: '{text}:',
  label: { column: 'label', words: { '1': 'good', '0': 'bad' } },
};

interface Given {
  readonly train: readonly LabelledText[];
  readonly dev?: readonly LabelledText[];
  readonly test?: readonly LabelledText[];
  readonly leftOut?: readonly LabelledText[];
  readonly task?: Task;
  readonly rejected?: readonly Rejection[];
  readonly notes?: readonly string[];
  readonly doubts?: readonly Doubt[];
  readonly maxPositions?: number;
  readonly specialTokens?: { readonly end: string | undefined; readonly all: readonly string[] };
}

/** What the data check says of parts that are written down in a test; each part is a file of its name. One character is one token. */
export function checked({ task = sentiment, rejected = [], notes = [], doubts = [], ...given }: Given): DataCheck {
  const room = { promptLength: 0, maxPositions: given.maxPositions ?? Infinity };
  const examples = (rows: readonly LabelledText[], part: string): readonly Example[] =>
    rows.length === 0
      ? []
      : taskExamples(
          dataset(
            rows.map(([text, label]) => ({ text, label })),
            { file: `/data/${part}.csv` },
          ),
          task,
        ).examples;
  const encoded = (part: Part): ReturnType<typeof encodeExamples>['examples'] =>
    encodeExamples(examples(given[part] ?? [], part), task, characters, room).examples;
  return checkData({
    ...{ task, rejected, notes, doubts, encoder: characters, room },
    parts: Object.fromEntries(parts.map((part) => [part, encoded(part)])) as never,
    leftOut: { train: examples(given.leftOut ?? [], 'left'), dev: [], test: [] },
    specialTokens: given.specialTokens ?? { end: undefined, all: [] },
  });
}

/** The findings of one rule. */
export function found(rule: string, given: Given): Finding[] {
  return checked(given).findings.filter((each) => each.rule === rule);
}

/** `count` texts that have nothing in common, with labels that take turns. */
export function different(count: number, first = 0): LabelledText[] {
  return Array.from({ length: count }, (_, index) => {
    const word = (seed: number): string => ((seed * 2654435761) % 4294967296).toString(36);
    const number = first + index + 1;
    return [`${word(number * 7)} ${word(number * 13)} ${word(number * 29)}`, String(index % 2)];
  });
}

/** Where the rows of a finding are: `dev:3`. */
export function places({ rows }: Finding): string[] {
  return rows.map(({ file, row }) => `${file.replace(/^.*\/|\.csv$/g, '')}:${row}`);
}
