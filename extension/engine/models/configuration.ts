import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ModelError } from './modelError';

/** The fields of a model's `config.json`, read with checks; errors name the file and the field. */
export class Configuration {
  private constructor(
    readonly file: string,
    private readonly fields: Readonly<Record<string, unknown>>,
  ) {}

  /** @throws ModelError where the file is missing or not a JSON object. */
  static async read(folder: string): Promise<Configuration> {
    const file = join(folder, 'config.json');
    return new Configuration(file, await readJsonObject(file));
  }

  /** A configuration that lies in another one, such as `rope_parameters`; undefined where the field is missing or null. */
  nested(name: string): Configuration | undefined {
    const value = this.fields[name] ?? undefined;
    if (value === undefined) return undefined;
    if (typeof value !== 'object' || Array.isArray(value)) this.fail(name, value, ', it must be an object');
    return new Configuration(this.file, value as Record<string, unknown>);
  }

  /** Whether the field is there and not null. */
  has(name: string): boolean {
    return (this.fields[name] ?? undefined) !== undefined;
  }

  /** A whole number of at least 1. */
  count(name: string, fallback?: number): number {
    const value = this.fields[name] ?? fallback;
    if (!Number.isSafeInteger(value) || (value as number) < 1)
      this.fail(name, value, ', it must be a whole number above 0');
    return value as number;
  }

  /** A whole number of at least 0; undefined where the field is missing or null. A list gives its first number. */
  tokenId(name: string): number | undefined {
    const given = this.fields[name] ?? undefined;
    const value: unknown = Array.isArray(given) ? given[0] : given;
    if (value === undefined) return undefined;
    if (!Number.isSafeInteger(value) || (value as number) < 0) this.fail(name, given, ', it must be a token id');
    return value as number;
  }

  /** A finite number above 0. */
  positive(name: string, fallback?: number): number {
    const value = this.fields[name] ?? fallback;
    if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0)
      this.fail(name, value, ', it must be a number above 0');
    return value;
  }

  flag(name: string, fallback: boolean): boolean {
    const value = this.fields[name] ?? fallback;
    if (typeof value !== 'boolean') this.fail(name, value, ', it must be true or false');
    return value;
  }

  /** One of the texts that are supported. */
  choice<T extends string>(name: string, supported: readonly T[], fallback?: T): T {
    const value = this.fields[name] ?? fallback;
    const found = supported.find((each) => each === value);
    if (found === undefined) this.fail(name, value, `, which is not supported; supported: ${supported.join(', ')}`);
    return found;
  }

  /** Refuses a model that uses a feature which is not there yet: the field must be missing, null, or `absent`. */
  refuse(name: string, absent: boolean | number, feature: string): void {
    const value = this.fields[name] ?? absent;
    if (value !== absent) this.fail(name, value, `: ${feature} is not supported yet; supported: ${String(absent)}`);
  }

  /** Refuses a value that does not fit the others. `reason` goes on from the value: ", it must ...". */
  reject(name: string, reason: string): never {
    this.fail(name, this.fields[name] ?? undefined, reason);
  }

  private fail(name: string, value: unknown, reason: string): never {
    const said = value === undefined ? 'missing' : JSON.stringify(value);
    throw new ModelError(`${this.file}: "${name}" is ${said}${reason}.`);
  }
}

/** @throws ModelError where the file is missing or does not hold a JSON object. */
export async function readJsonObject(file: string): Promise<Record<string, unknown>> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new ModelError(`${file}: cannot be read (${(error as Error).message}). A model folder needs it.`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ModelError(`${file}: is not JSON (${(error as Error).message}).`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ModelError(`${file}: is not a JSON object.`);
  return value as Record<string, unknown>;
}
