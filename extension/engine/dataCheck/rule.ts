import type { CheckedData } from './checkedData';
import type { Finding } from './finding';

/** What a rule says; the table adds the rule's name. */
export type RuleFinding = Omit<Finding, 'rule'>;

/** Looks at one thing; says nothing where it is in order. */
export type Rule = (data: CheckedData) => readonly RuleFinding[];
