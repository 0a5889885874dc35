import { ModelError } from '../modelError';
import { BrokenText, type GgufValue } from './ggufHeader';

/** The key-value pairs of a GGUF file, read with checks; errors name the file and the key. */
export class GgufMetadata {
  constructor(
    readonly file: string,
    private readonly values: ReadonlyMap<string, GgufValue>,
  ) {}

  has(key: string): boolean {
    return this.values.has(key);
  }

  /** @throws ModelError where it is no text, or missing without a fallback. */
  text(key: string, fallback?: string): string {
    const value = this.values.get(key) ?? fallback;
    if (typeof value !== 'string') this.fail(key, 'a text');
    return value;
  }

  /** A finite number. @throws ModelError where it is none, or missing without a fallback. */
  number(key: string, fallback?: number): number {
    const value = this.values.get(key) ?? fallback;
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
    const value = this.values.get(key) ?? fallback;
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
    throw new ModelError(`${this.file}: the metadata's "${key}" is ${shown(this.values.get(key))}${reason}.`);
  }

  private list<T extends GgufValue>(key: string, what: string, isOne: (value: GgufValue) => value is T): readonly T[] {
    const value = this.values.get(key);
    if (!isList(value)) this.fail(key, `a list of ${what}`);
    const wrong = value.findIndex((each) => !isOne(each));
    if (wrong >= 0) this.reject(key, ` whose number ${wrong} is ${shown(value[wrong])}, it must be a list of ${what}`);
    return value as readonly T[];
  }

  private fail(key: string, what: string): never {
    this.reject(key, `, it must be ${what}`);
  }
}

function shown(value: GgufValue | undefined): string {
  if (value === undefined) return 'missing';
  if (isList(value)) return `a list of ${value.length}`;
  if (value instanceof BrokenText) return `a text that is not valid UTF-8 (bytes ${hexadecimal(value.bytes)})`;
  return JSON.stringify(value);
}

function isList(value: GgufValue | undefined): value is readonly GgufValue[] {
  return Array.isArray(value);
}

function hexadecimal(bytes: Uint8Array): string {
  const first = Array.from(bytes.subarray(0, 16), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return bytes.length > 16 ? `${first} ...` : first;
}
