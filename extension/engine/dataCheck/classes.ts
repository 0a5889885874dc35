import { type Part, parts } from '../datasets/splits';
import { labelClasses } from '../tasks/labels';
import type { CheckedData } from './checkedData';

/** How many rows of a part have each class. */
export interface ClassCount {
  readonly words: string;
  /** Label values that stand for the class. */
  readonly values: readonly string[];
  readonly rows: number;
}

/** The classes of each part, in the task's order, those without a row among them; empty for free text. */
export function classCounts({
  task,
  parts: examples,
}: Pick<CheckedData, 'task' | 'parts'>): Record<Part, ClassCount[]> {
  const classes = task.label ? labelClasses(task.label) : [];
  return Object.fromEntries(
    parts.map((part) => {
      const counts = new Map<string, number>();
      for (const { target } of examples[part]) counts.set(target, (counts.get(target) ?? 0) + 1);
      return [part, classes.map(({ words, values }) => ({ words, values, rows: counts.get(words) ?? 0 }))];
    }),
  ) as Record<Part, ClassCount[]>;
}

/** `"1" ("good")`: a class by its values and, where they are others, its words. */
export function className({ words, values }: Pick<ClassCount, 'words' | 'values'>): string {
  const names = values.map((value) => `"${value}"`).join(', ');
  return values.length === 1 && values[0] === words ? names : `${names} ("${words}")`;
}
