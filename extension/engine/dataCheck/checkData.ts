import type { CheckedData, PartExample } from './checkedData';
import { partExamples } from './checkedData';
import type { Finding, Severity } from './finding';
import { nearDuplicates, type NearDuplicate } from './similarity/nearDuplicates';
import { type PartSummary, partSummaries } from './summary';
import { rules } from './table';

/** What the data check says of a data set. */
export interface DataCheck {
  readonly parts: readonly PartSummary[];
  /** The weightiest first. */
  readonly findings: readonly Finding[];
}

/** What is checked. */
export type CheckRequest = Omit<CheckedData, 'examples' | 'nearDuplicates'>;

/**
 * Looks at the parts of a data set with their task and tokenizer. A pure function of its request.
 * @param onProgress called now and then with the share that is done; may throw to end the check.
 */
export function checkData(request: CheckRequest, onProgress: (share: number) => void = () => undefined): DataCheck {
  const examples = partExamples(request.parts);
  const keys = { text: ({ text }: PartExample): string => text, group: ({ part }: PartExample): string => part };
  let found: readonly NearDuplicate<PartExample>[] | undefined;
  const near = (): readonly NearDuplicate<PartExample>[] => (found ??= nearDuplicates(examples, keys, 0, onProgress));
  const data: CheckedData = { ...request, examples, nearDuplicates: near };
  const findings = Object.entries(rules).flatMap(([rule, look]) => look(data).map((each) => ({ rule, ...each })));
  return { parts: partSummaries(data), findings: findings.sort((a, b) => weight[a.severity] - weight[b.severity]) };
}

const weight: Readonly<Record<Severity, number>> = { error: 0, warning: 1, note: 2 };
