import type { Rule } from './rule';
import { absentClasses } from './rules/absentClasses';
import { answerInText } from './rules/answerInText';
import { conflictingLabels } from './rules/conflictingLabels';
import { doubtfulRows } from './rules/doubtfulRows';
import { duplicates } from './rules/duplicates';
import { imbalance } from './rules/imbalance';
import { labelWords } from './rules/labelWords';
import { missingHeader } from './rules/missingHeader';
import { nearDuplicateRows } from './rules/nearDuplicates';
import { oneClass } from './rules/oneClass';
import { readerNotes } from './rules/readerNotes';
import { rowsLeftOut } from './rules/rowsLeftOut';
import { smallParts } from './rules/smallParts';
import { specialTokens } from './rules/specialTokens';
import { truncation } from './rules/truncation';
import { wordlessTexts } from './rules/wordlessTexts';

/** What the data check looks at, the task first; findings of one severity keep this order. A rule is one file and one line. */
export const rules: Readonly<Record<string, Rule>> = {
  'label-words': labelWords,
  'one-class': oneClass,
  'absent-classes': absentClasses,
  imbalance,
  'missing-header': missingHeader,
  'answer-in-text': answerInText,
  'conflicting-labels': conflictingLabels,
  'near-duplicates': nearDuplicateRows,
  duplicates,
  'special-tokens': specialTokens,
  truncation,
  'wordless-texts': wordlessTexts,
  'small-parts': smallParts,
  'rows-left-out': rowsLeftOut,
  'doubtful-rows': doubtfulRows,
  'reader-notes': readerNotes,
};
