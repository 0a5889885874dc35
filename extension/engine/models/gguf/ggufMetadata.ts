import { ModelError } from '../modelError';

/** The key-value pairs of a GGUF file, read with checks; errors name the file and the key. */
export class GgufMetadata {
  constructor(
    readonly file: string,
    private readonly values: Readonly<Record<string, unknown>>,
  ) {}

  has(key: string): boolean {
    return this.values[key] !== undefined;
  }

  /** @throws ModelError where it is no text, or missing without a fallback. */
  text(key: string, fallback?: string): string {
    const value = this.values[key] ?? fallback;
    if (typeof value !== 'string') this.fail(key, 'a text');
    return value;
  }

  /** A finite number. @throws ModelError where it is none, or missing without a fallback. */
  number(key: string, fallback?: number): number {
    const given = this.values[key] ?? fallback;
    // The reader gives 64-bit integers as bigint.
    const value = typeof given === 'bigint' ? Number(given) : given;
    if (typeof value !== 'number' || !Number.isFinite(value)) this.fail(key, 'a number');
    return value;
  }

  /** A whole number of at least 0. @throws ModelError where it is none, or missing without a fallback. */
  count(key: string, fallback?: number): number {
    const value = this.number(key, fallback);
    if (!Number.isSafeInteger(value) || value < 0) this.fail(key, 'a whole number');
    return value;
  }

  flag(key: string, fallback: boolean): boolean {
    const value = this.values[key] ?? fallback;
    if (typeof value !== 'boolean') this.fail(key, 'true or false');
    return value;
  }

  texts(key: string): readonly string[] {
    return this.list(key, 'texts', (each): each is string => typeof each === 'string');
  }

  numbers(key: string): readonly number[] {
    return this.list(key, 'numbers', (each): each is number => typeof each === 'number');
  }

  /** Refuses a value. `reason` goes on from the value: ", which is not supported". */
  reject(key: string, reason: string): never {
    throw new ModelError(`${this.file}: the metadata's "${key}" is ${shown(this.values[key])}${reason}.`);
  }

  private list<T>(key: string, what: string, isOne: (value: unknown) => value is T): readonly T[] {
    const value = this.values[key];
    if (!Array.isArray(value) || !value.every(isOne)) this.fail(key, `a list of ${what}`);
    return value;
  }

  private fail(key: string, what: string): never {
    this.reject(key, `, it must be ${what}`);
  }
}

function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === 'bigint' ? value.toString() : JSON.stringify(value);
}
