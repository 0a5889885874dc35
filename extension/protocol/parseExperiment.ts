import { findNodeAtLocation, getNodeValue, parseTree, printParseErrorCode } from 'jsonc-parser/lib/esm/main.js';
import type { Node, ParseError } from 'jsonc-parser/lib/esm/main.js';
import type * as z from 'zod/mini';
import { type TaskProblem, taskProblems } from '../engine/tasks/taskProblems';
import { experimentSchema } from './experiment';
import type { Experiment } from './experiment';

/** One thing that is wrong in an experiment file. */
export interface ExperimentProblem {
  /** Place in the file, counted from 1. */
  readonly line: number;
  readonly column: number;
  /** Characters of the piece that is wrong, where it is not all of the value. */
  readonly length?: number;
  /** The field, such as `training.optimizer.learningRate`; empty for the file as a whole. */
  readonly field: string;
  readonly message: string;
}

/** An experiment file that cannot be used; the message has one line a problem, `file:line:column: field: what`. */
export class ExperimentError extends Error {
  constructor(
    readonly file: string,
    readonly problems: readonly ExperimentProblem[],
  ) {
    super(
      problems
        .map(({ line, column, field, message }) => `${file}:${line}:${column}: ${field && `${field}: `}${message}`)
        .join('\n'),
    );
    this.name = 'ExperimentError';
  }
}

/**
 * Reads the text of a `.tune.json` file.
 * @param file named in errors; it is not opened.
 * @throws ExperimentError with everything that is wrong, in the order of the file.
 */
export function parseExperiment(text: string, file: string): Experiment {
  const source = text.replace(/^\uFEFF/, '');
  const syntaxErrors: ParseError[] = [];
  const tree = parseTree(source, syntaxErrors, { disallowComments: true, allowTrailingComma: false });
  const [syntaxError] = syntaxErrors;
  if (syntaxError || !tree) {
    const offset = syntaxError?.offset ?? source.length;
    const message = source.trim() === '' ? 'the file is empty' : syntaxProblem(syntaxError);
    throw new ExperimentError(file, [{ ...position(source, offset), field: '', message }]);
  }
  const result = experimentSchema.safeParse(withNamedData(getNodeValue(tree)));
  const problems = result.success
    ? taskProblems(result.data.task).map((each) => taskProblem(each, tree, source))
    : result.error.issues.flatMap((issue) => schemaProblems(issue, tree, source));
  if (result.success && problems.length === 0) return result.data;
  throw new ExperimentError(
    file,
    problems.sort((a, b) => a.line - b.line || a.column - b.column),
  );
}

function taskProblem({ field, within, message }: TaskProblem, tree: Node, source: string): ExperimentProblem {
  const path = ['task', ...field];
  const whole = { ...place(path, tree, source), message };
  const node = within === undefined ? undefined : nodeAt(path, tree);
  const found = node && placeholder(within!).exec(source.slice(node.offset, node.offset + node.length));
  return found ? { ...whole, ...position(source, node.offset + found.index), length: found[0].length } : whole;
}

/** A column's name, in braces where it stands in a template. */
function placeholder(column: string): RegExp {
  return new RegExp(`\\{\\s*${column.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\s*\\}`);
}

/**
 * Where a field of an experiment is written, or a placeholder inside its text: offsets in `text`, from its first character to
 * behind its last. Where the field is missing, the nearest thing around it.
 */
export function fieldRange(text: string, path: readonly string[], within?: string): readonly [number, number] {
  const tree = parseTree(text.replace(/^\uFEFF/, ' '), []);
  if (!tree) return [0, 0];
  let depth = path.length;
  let node = nodeAt(path, tree);
  while (!node && depth > 0) node = nodeAt(path.slice(0, --depth), tree);
  const { offset, length } = node ?? tree;
  const found = within === undefined ? null : placeholder(within).exec(text.slice(offset, offset + length));
  if (found) return [offset + found.index, offset + found.index + found[0].length];
  // Of an object its brace is enough.
  return [offset, offset + (text[offset] === '{' ? 1 : length)];
}

/** `"data": "reviews"` names a data set, as `"data": {"train": "reviews"}` does. */
function withNamedData(value: unknown): unknown {
  const data = (value as { data?: unknown } | null)?.data;
  return typeof data === 'string' ? { ...(value as object), data: { train: data } } : value;
}

function syntaxProblem(error: ParseError | undefined): string {
  const reason = error ? printParseErrorCode(error.error) : 'ValueExpected';
  const known: Readonly<Record<string, string>> = {
    InvalidCommentToken: 'a comment cannot stand in JSON; remove it',
    PropertyNameExpected: 'a field name in double quotes is missing here; remove the comma before it or add the field',
    ValueExpected: 'a value is missing here; remove the comma before it or add the value',
    CommaExpected: 'a comma is missing before this',
    ColonExpected: 'a colon is missing before this',
    CloseBraceExpected: 'a closing } is missing here',
    CloseBracketExpected: 'a closing ] is missing here',
    EndOfFileExpected: 'the experiment ends before this; remove what follows',
    UnexpectedEndOfString: 'this text has no closing double quote',
    InvalidSymbol: 'this is not JSON; texts and field names stand in double quotes',
  };
  return known[reason] ?? `this is not JSON (${reason})`;
}

function schemaProblems(issue: z.core.$ZodIssue, tree: Node, source: string): ExperimentProblem[] {
  if (issue.code === 'unrecognized_keys') {
    const known = fieldNames(issue.path, tree);
    return issue.keys.map((key) => ({
      ...place([...issue.path, key], tree, source),
      message: `there is no such field${known.length ? `; known here: ${known.join(', ')}` : ''}`,
    }));
  }
  return [{ ...place(issue.path, tree, source), message: expectation(issue, nodeAt(issue.path, tree)) }];
}

function expectation(issue: z.core.$ZodIssue, node: Node | undefined): string {
  const missing = node === undefined ? 'is missing; ' : '';
  switch (issue.code) {
    case 'invalid_type':
      return `${missing}give ${typeNames[issue.expected] ?? issue.expected}`;
    case 'too_small':
      if (issue.origin === 'string') return `${missing}must not be empty`;
      return `${missing}must be ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum.toString()}`;
    case 'too_big':
      return `${missing}must be at most ${issue.maximum.toString()}`;
    case 'invalid_value':
      return `${missing}give one of ${issue.values.map((value) => JSON.stringify(value)).join(', ')}`;
    case 'invalid_union':
      return `${missing}give one of ${unionNames(issue.path).join(', ')}`;
    default:
      return issue.message;
  }
}
const typeNames: Readonly<Record<string, string>> = {
  string: 'a text in double quotes',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object { ... }',
  record: 'an object { ... }',
};

type Path = readonly PropertyKey[];

function nodeAt(path: Path, tree: Node): Node | undefined {
  return findNodeAtLocation(tree, path as (string | number)[]);
}

/** Place of a field; where it is missing, of the nearest thing around it. */
function place(path: Path, tree: Node, source: string): Omit<ExperimentProblem, 'message'> {
  let depth = path.length;
  let node = nodeAt(path, tree);
  while (!node && depth > 0) node = nodeAt(path.slice(0, --depth), tree);
  return { ...position(source, node?.offset ?? 0), field: path.map(String).join('.') };
}

function position(source: string, offset: number): { line: number; column: number } {
  const before = source.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: offset - lineStart + 1 };
}

/** The fields that the schema knows inside the object at `path`. */
function fieldNames(path: Path, tree: Node): string[] {
  const node = nodeAt(path, tree);
  const definition = definitionAt(path);
  const value: unknown = node && getNodeValue(node);
  // Of a discriminated union, the member that the given object belongs to.
  const member = definition?.options?.find((option) => accepts(option.def.shape?.[definition.discriminator!], value));
  return Object.keys((member?.def ?? definition)?.shape ?? {});

  function accepts(literal: Schema | undefined, given: unknown): boolean {
    const name = (given as Readonly<Record<string, unknown>>)[definition!.discriminator!];
    return literal?.def.values?.includes(name) ?? false;
  }
}

/** The values that tell the members of the discriminated union apart whose discriminator is at `path`. */
function unionNames(path: Path): string[] {
  const union = definitionAt(path.slice(0, -1));
  const names = union?.options?.flatMap((option) => option.def.shape?.[union.discriminator!]?.def.values ?? []);
  return (names ?? []).map((name) => JSON.stringify(name));
}

/** What is read of zod's schemas: https://zod.dev/packages/core, "Internals". */
interface Schema {
  readonly def: Definition;
}
interface Definition {
  readonly innerType?: Schema;
  readonly shape?: Readonly<Record<string, Schema>>;
  readonly options?: readonly Schema[];
  readonly discriminator?: string;
  readonly values?: readonly unknown[];
}
function definitionAt(path: Path): Definition | undefined {
  let definition: Definition | undefined = (experimentSchema as unknown as Schema).def;
  for (const key of path) definition = unwrapped(definition?.shape?.[String(key)]?.def);
  return definition;
}
function unwrapped(definition: Definition | undefined): Definition | undefined {
  return definition?.innerType ? unwrapped(definition.innerType.def) : definition;
}
