import { basename } from 'node:path';
import type { ColumnSummary } from '../datasets/columns';
import { summarizeColumns } from '../datasets/columns';
import type { Dataset } from '../datasets/dataset';
import { labelKey } from './labels';
import type { Task } from './task';

/**
 * Tasks that a data set could be, best guess first: one for each column that looks like labels, then free text where a
 * second column of text could be the target. Empty when nothing can be a target. A guess is shown to the user before use.
 */
export function guessTasks(dataset: Dataset): Task[] {
  const columns = summarizeColumns(dataset).filter(({ name, filled }) => filled > 0 && !/[{}]/.test(name));
  const labels = columns.filter((column) => mayBeLabel(column, dataset)).sort((a, b) => labelScore(b) - labelScore(a));
  const texts = columns.filter((column) => mayBeText(column)).sort((a, b) => textScore(b) - textScore(a));
  const classifications = labels.flatMap((label) => {
    const inputs = inputColumns(texts.filter(({ name }) => name !== label.name));
    return inputs.length === 0 ? [] : [classification(dataset, inputs, label)];
  });
  return [...classifications, ...freeText(texts)].slice(0, 5);
}

const labelName =
  /^(labels?|class(es)?|categor(y|ies)|sentiment|polarity|topic|intent|emotion|stance|genre|type|y|gold)$|label|class$/i;
const textName =
  /^(text|sentences?|review|question|content|body|comment|tweet|message|document|passage|premise|input)\d*$/i;
const targetName = /^(target|answers?|output|response|completion|summary|translation|label)s?$/i;
const identifierName = /^(|.*[_-])(id|idx|index|uuid|guid|url|uri|date|time|timestamp|split)$|^column_1$/i;

/** Few different short values, each of them in more than one row on average. */
function mayBeLabel({ name, distinct, filled, counts }: ColumnSummary, dataset: Dataset): boolean {
  if (!counts || distinct < 2 || distinct > 50 || identifierName.test(name)) return false;
  if ([...counts.keys()].some((value) => value.length > 40)) return false;
  return distinct <= Math.max(2, filled / 2) && filled >= dataset.rows.length / 2;
}
function labelScore({ name, distinct, counts, medianCharacters }: ColumnSummary): number {
  const fractions = [...counts!.keys()].some((value) => /^-?\d+\.\d+$/.test(labelKey(value)));
  return (labelName.test(name) ? 10 : 0) - Math.log2(distinct) - medianCharacters / 20 - (fractions ? 5 : 0);
}

function mayBeText({ name, examples, medianCharacters }: ColumnSummary): boolean {
  if (identifierName.test(name) || medianCharacters < 3) return false;
  return examples.some((text) => /\p{L}{2}/u.test(text) && !/^https?:\S+$/.test(text));
}
/** Longest first; a telling name counts as much as being twice as long. */
function textScore({ name, distinct, filled, medianCharacters }: ColumnSummary): number {
  const repeated = distinct < filled / 4 ? 0.25 : 1;
  return medianCharacters * repeated * (textName.test(name) ? 2 : 1);
}

/** The longest column, and one more where the rows look like pairs of texts; in the order of the file. */
function inputColumns(texts: readonly ColumnSummary[]): string[] {
  const [longest, second] = texts;
  if (!longest) return [];
  if (!second || !isPartner(second, longest)) return [longest.name];
  return pairOrder(longest.name, second.name);
}
function isPartner(second: ColumnSummary, longest: ColumnSummary): boolean {
  const numbered = (name: string): string => name.replace(/[\d_ab]+$/i, '').toLowerCase();
  const sameKind = numbered(second.name) === numbered(longest.name);
  const knownPair = pairs.some((pair) =>
    pair.every((each) => [second.name, longest.name].some((name) => each === name.toLowerCase())),
  );
  return (sameKind || knownPair) && second.distinct > second.filled / 10;
}
const pairs = [
  ['premise', 'hypothesis'],
  ['question', 'passage'],
  ['question', 'sentence'],
  ['question', 'context'],
  ['query', 'document'],
  ['title', 'text'],
  ['title', 'description'],
  ['title', 'body'],
];
function pairOrder(one: string, other: string): string[] {
  const known = pairs.find((pair) => pair.includes(one.toLowerCase()) && pair.includes(other.toLowerCase()));
  if (known) return known[0] === one.toLowerCase() ? [one, other] : [other, one];
  return one < other ? [one, other] : [other, one];
}

function classification(dataset: Dataset, inputs: readonly string[], label: ColumnSummary): Task {
  // The most frequent spelling of each value stands for it.
  const byKey = new Map([...label.counts!.keys()].reverse().map((value) => [labelKey(value), value]));
  const values = [...byKey.values()].sort(byValue);
  const sentiment = isSentiment(dataset.file, label.name, values);
  const generic = /^(label|class|y|target)$/i.test(label.name);
  const asked = sentiment && generic ? 'sentiment' : phrase(label.name);
  const named =
    inputs.length === 1 && sentiment && /^(text|sentence)$/i.test(inputs[0]!) ? ['review'] : inputs.map(phrase);
  const words = labelWords(values, dataset.labelNames[label.name], sentiment);
  return {
    template: `${inputs.map((column, index) => `${named[index]!}: {${column}}`).join(' ')} ${asked}:`,
    label: { column: label.name, words: Object.fromEntries(values.map((value, index) => [value, words[index]!])) },
  };
}

/** The words for label values: the file's own names, a value that is itself words, and for sentiment what 0 and 1 mean. */
function labelWords(values: readonly string[], names: readonly string[] | undefined, sentiment: boolean): string[] {
  const keys = values.map(labelKey);
  const named = keys.map((key, index) => (/^\d+$/.test(key) ? names?.[Number(key)] : undefined) ?? values[index]!);
  const short = sentiment ? named.map((value) => sentimentWords.get(value.toLowerCase()) ?? value) : named;
  const meant = sentiment ? (sentimentNumbers.get(short.map(labelKey).join(' ')) ?? short) : short;
  const readable = meant.map(phrase);
  // Two values must not become one class only because of how they are written.
  return new Set(readable).size === new Set(values).size ? readable : [...values];
}
const sentimentWords = new Map([
  ['neg', 'negative'],
  ['pos', 'positive'],
  ['neu', 'neutral'],
]);
const sentimentNumbers = new Map([
  ['0 1', ['negative', 'positive']],
  ['-1 1', ['negative', 'positive']],
  ['-1 0 1', ['negative', 'neutral', 'positive']],
]);
function isSentiment(file: string, column: string, values: readonly string[]): boolean {
  if (/sentiment|polarity/i.test(column)) return true;
  const words = values.map((value) => value.toLowerCase());
  if (words.every((value) => /^(neg|pos|neu)(ative|itive|tral)?$/.test(value))) return true;
  return (
    /sentiment|review|imdb|yelp|amazon|sst-?2?\b/i.test(basename(file)) &&
    words.every((value) => /^-?[01]$/.test(labelKey(value)))
  );
}

/** The two longest columns of text as question and answer; a column that is named like a target is the target. */
function freeText(texts: readonly ColumnSummary[]): Task[] {
  const named = texts.find(({ name }) => targetName.test(name));
  const target = named ?? texts[1];
  const [input] = texts.filter((column) => column !== target);
  if (!target || !input || target.distinct < target.filled / 10) return [];
  return [{ template: `${phrase(input.name)}: {${input.name}} ${phrase(target.name)}:`, target: target.name }];
}

/** A name as words: `sci_tech` and `sci-tech` -> `sci tech`, `Sci/Tech` as it is. */
function phrase(name: string): string {
  const spaced = name.replace(/(?<=\p{L})[_-]+(?=\p{L})/gu, ' ').trim();
  return spaced === '' ? name : spaced;
}

/** Numbers by size, everything else by code units, so that the order is the same everywhere. */
function byValue(one: string, other: string): number {
  const difference = Number(one) - Number(other);
  if (!Number.isNaN(difference) && difference !== 0) return difference;
  return one < other ? -1 : one > other ? 1 : 0;
}
