import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Effect } from './fieldsWithoutEffect';
import { jsonText } from './jsonText';
import { ModelError } from './modelError';
import { modelFile } from './modelFile';
import { repeatedKey } from './repeatedKey';

/**
 * The fields of a model's `config.json`, read with checks; errors name the file and the field. It knows which fields were asked for, so
 * that what nobody understands can be refused at the end.
 */
export class Configuration {
  private readonly asked = new Set<string>();
  private readonly inner = new Map<string, Configuration>();

  /** @param path of a nested object, as `rope_scaling.`; empty at the top. */
  private constructor(
    readonly file: string,
    private readonly fields: Readonly<Record<string, unknown>>,
    private readonly path = '',
    private readonly beside?: Configuration,
  ) {}

  /** @throws ModelError where the file is missing, or it or generation_config.json is not a JSON object. */
  static async read(folder: string): Promise<Configuration> {
    const file = join(folder, 'config.json');
    const fields = await readJsonObject(file);
    const beside = join(folder, 'generation_config.json');
    const generation = existsSync(beside) ? new Configuration(beside, await readJsonObject(beside)) : undefined;
    return new Configuration(file, fields, '', generation);
  }

  /** One that no config.json holds yet. @param file for error messages. */
  static of(file: string, fields: Readonly<Record<string, unknown>>): Configuration {
    return new Configuration(file, fields);
  }

  /** A configuration that lies in another one, such as `rope_parameters`; undefined where the field is missing or null. */
  nested(name: string): Configuration | undefined {
    const value = this.field(name) ?? undefined;
    if (value === undefined) return undefined;
    if (typeof value !== 'object' || Array.isArray(value)) this.fail(name, value, ', it must be an object');
    const path = `${this.path}${name}.`;
    const inner = this.inner.get(name) ?? new Configuration(this.file, value as Record<string, unknown>, path);
    this.inner.set(name, inner);
    return inner;
  }

  /** The same with fields of another one in the place of its own, as Python's `update` has it. */
  updatedWith(other: Configuration | undefined): Configuration {
    if (other === undefined) return this;
    const fields = { ...this.fields, ...other.fields };
    for (const name of Object.keys(fields)) {
      this.asked.add(name);
      other.asked.add(name);
    }
    const both = new Configuration(this.file, fields, other.path);
    this.inner.set(`${other.path} in the place of ${this.path}`, both);
    return both;
  }

  /** Where the ids stand that `generate` of transformers goes by: generation_config.json alone where there is one, else this file. */
  get forGeneration(): Configuration {
    return this.beside ?? this;
  }

  get isEmpty(): boolean {
    return Object.keys(this.fields).length === 0;
  }

  /** Whether the field is there and not null. */
  has(name: string): boolean {
    return (this.field(name) ?? undefined) !== undefined;
  }

  /** Whether the field is there and null, which for some fields means another thing than its absence. */
  isNull(name: string): boolean {
    return this.field(name) === null;
  }

  /** Of several names for one field the one that the file has; the first where it has none. @throws where it has two that disagree. */
  nameOf<T extends string>(...names: readonly [T, ...T[]]): T {
    const given = names.filter((name) => this.has(name));
    const [first = names[0], ...others] = given;
    const other = others.find((name) => JSON.stringify(this.field(name)) !== JSON.stringify(this.field(first)));
    if (other !== undefined)
      this.fail(other, this.field(other), `, and "${first}", which is another name for it, says something else`);
    return first;
  }

  /** Whether the field is this very text. */
  is(name: string, text: string): boolean {
    return this.field(name) === text;
  }

  /** A whole number of at least 1. */
  count(name: string, fallback?: number): number {
    const value = this.field(name) ?? fallback;
    if (!Number.isSafeInteger(value) || (value as number) < 1)
      this.fail(name, value, ', it must be a whole number above 0');
    return value as number;
  }

  /** A whole number of at least 0; undefined where the field is missing or null. A list gives its first number. */
  tokenId(name: string): number | undefined {
    return this.tokenIds(name)[0];
  }

  /** Whole numbers of at least 0, one or a list; none where the field is missing or null. */
  tokenIds(name: string): readonly number[] {
    const given = this.field(name) ?? [];
    const ids: readonly unknown[] = Array.isArray(given) ? given : [given];
    if (!ids.every((id) => Number.isSafeInteger(id) && (id as number) >= 0))
      this.fail(name, given, ', it must be a token id');
    return ids as readonly number[];
  }

  /** A finite number above 0. */
  positive(name: string, fallback?: number): number {
    const value = this.number(name, fallback);
    if (value <= 0) this.fail(name, value, ', it must be a number above 0');
    return value;
  }

  /** A finite number. */
  number(name: string, fallback?: number): number {
    const value = this.field(name) ?? fallback;
    if (typeof value !== 'number' || !Number.isFinite(value)) this.fail(name, value, ', it must be a number');
    return value;
  }

  flag(name: string, fallback: boolean): boolean {
    const value = this.field(name) ?? fallback;
    if (typeof value !== 'boolean') this.fail(name, value, ', it must be true or false');
    return value;
  }

  /** One of the texts that are supported. */
  choice<T extends string>(name: string, supported: readonly T[], fallback?: T): T {
    return this.supportedText(name, this.field(name) ?? fallback, supported);
  }

  /** A list of so many texts, each of those that are supported; undefined where the field is missing or null. */
  choices<T extends string>(name: string, supported: readonly T[], length: number): readonly T[] | undefined {
    const value = this.field(name) ?? undefined;
    if (value === undefined) return undefined;
    if (!Array.isArray(value) || value.length !== length) this.fail(name, value, `, it must be a list of ${length}`);
    return value.map((each) => this.supportedText(name, each, supported));
  }

  /** A list of finite numbers; undefined where the field is missing or null. */
  numbers(name: string): readonly number[] | undefined {
    const value = this.field(name) ?? undefined;
    if (value === undefined) return undefined;
    if (!Array.isArray(value) || !value.every((each) => Number.isFinite(each)))
      this.fail(name, value, ', it must be a list of numbers');
    return value as readonly number[];
  }

  /** A list of anything; undefined where the field is missing or null. */
  list(name: string): readonly unknown[] | undefined {
    const value = this.field(name) ?? undefined;
    if (value !== undefined && !Array.isArray(value)) this.fail(name, value, ', it must be a list');
    return value;
  }

  /** Fields that this architecture does not look at, whatever they say. */
  ignore(...names: readonly string[]): void {
    for (const name of names) this.asked.add(name);
  }

  /** Refuses a model that uses a feature which is not there yet: the field must be missing, null, or `absent`. */
  refuse(name: string, absent: boolean | number, feature: string): void {
    const value = this.field(name) ?? absent;
    if (value !== absent) this.fail(name, value, `: ${feature} is not supported yet; supported: ${String(absent)}`);
  }

  /** Refuses a value that does not fit the others. `reason` goes on from the value: ", it must ...". */
  reject(name: string, reason: string): never {
    this.fail(name, this.field(name) ?? undefined, reason);
  }

  /**
   * Refuses what nobody asked for: a field that is not understood may change every number.
   * @param effectOf what is known of a field, whatever the architecture. @returns the fields that no code reads, with their paths.
   */
  refuseOthers(effectOf: (name: string, value: unknown, path: string) => Effect): string[] {
    const unread: string[] = [];
    for (const [name, value] of Object.entries(this.fields)) {
      if (this.asked.has(name) || value === null) continue;
      const effect = effectOf(name, value, this.path);
      if (effect === 'unread') unread.push(this.path + name);
      if (effect !== 'unknown') continue;
      const known = [...this.asked].sort().join(', ');
      this.fail(
        name,
        value,
        `: this field is not supported, and it may change what the model computes; supported: ${known}`,
      );
    }
    return [...unread, ...[...this.inner.values()].flatMap((inner) => inner.refuseOthers(effectOf))];
  }

  private field(name: string): unknown {
    this.asked.add(name);
    return this.fields[name];
  }

  private supportedText<T extends string>(name: string, value: unknown, supported: readonly T[]): T {
    const found = supported.find((each) => each === value);
    if (found === undefined) this.fail(name, value, `, which is not supported; supported: ${supported.join(', ')}`);
    return found;
  }

  private fail(name: string, value: unknown, reason: string): never {
    const said = value === undefined ? 'missing' : shortened(JSON.stringify(value));
    throw new ModelError(`${this.file}: "${this.path}${name}" is ${said}${reason}.`);
  }
}

function shortened(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 77)}...`;
}

/** Far more than any honest file has: the largest tokenizers take 35 MB. */
const longestJson = 200_000_000;

/**
 * One of a model folder's JSON files.
 *
 * @throws ModelError where the file is missing, a link out of the folder, huge, or does not hold a JSON object with each key once.
 */
export async function readJsonObject(file: string): Promise<Record<string, unknown>> {
  const path = await modelFile(dirname(file), basename(file));
  let text: string;
  try {
    const { size } = await stat(path);
    if (size > longestJson) throw new Error(`${size} bytes are too many`);
    text = jsonText(await readFile(path));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && !existsSync(dirname(file)))
      throw new ModelError(`${dirname(file)}: cannot be read: there is no such file or folder. Correct the path.`);
    const reason = code === 'ENOENT' ? ': there is no such file' : ` (${message})`;
    throw new ModelError(`${file}: cannot be read${reason}. A model folder needs it.`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ModelError(`${file}: is not JSON (${(error as Error).message}).`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ModelError(`${file}: is not a JSON object.`);
  const repeated = repeatedKey(text);
  if (repeated !== undefined)
    throw new ModelError(`${file}: has ${shortened(JSON.stringify(repeated))} twice. Remove the wrong one.`);
  return value as Record<string, unknown>;
}
