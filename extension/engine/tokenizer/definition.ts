import { TokenizerError } from './tokenizerError';

/** An object of tokenizer.json, read with checks; errors name the field by its path, as `pre_tokenizer.pretokenizers[1].pattern`. */
export class Definition {
  private constructor(
    readonly path: string,
    private readonly fields: Readonly<Record<string, unknown>>,
  ) {}

  /** @throws TokenizerError for what is no object. */
  static of(value: unknown, path: string): Definition {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new TokenizerError(`${path} is ${shown(value)}, it must be an object`);
    return new Definition(path, value as Record<string, unknown>);
  }

  /** Whether the field is there and not null. */
  has(name: string): boolean {
    return this.field(name) !== undefined;
  }

  /** The field as it stands; undefined where it is missing or null. */
  field(name: string): unknown {
    return Object.hasOwn(this.fields, name) ? (this.fields[name] ?? undefined) : undefined;
  }

  text(name: string, fallback?: string): string {
    const value = this.field(name) ?? fallback;
    if (typeof value !== 'string') this.reject(name, 'it must be a text');
    return value;
  }

  flag(name: string, fallback?: boolean): boolean {
    const value = this.field(name) ?? fallback;
    if (typeof value !== 'boolean') this.reject(name, 'it must be true or false');
    return value;
  }

  /** A whole number of at least 0. */
  count(name: string, fallback?: number): number {
    const value = this.field(name) ?? fallback;
    if (!Number.isSafeInteger(value) || (value as number) < 0) this.reject(name, 'it must be a whole number');
    return value as number;
  }

  /** One of the names, in lower case: tokenizer.json has `Isolated` and `isolated`. */
  oneOf<Name extends string>(name: string, names: readonly Name[], fallback?: Name): Name {
    const value = this.field(name) ?? fallback;
    const found = names.find((each) => typeof value === 'string' && each === value.toLowerCase());
    if (found === undefined) this.reject(name, `it must be one of ${names.join(', ')}`);
    return found;
  }

  list(name: string): readonly unknown[] {
    const value = this.field(name);
    if (!Array.isArray(value)) this.reject(name, 'it must be a list');
    return value as unknown[];
  }

  /** A list of objects. */
  parts(name: string): Definition[] {
    return this.list(name).map((value, i) => Definition.of(value, `${this.pathOf(name)}[${i}]`));
  }

  /** An object in a field; undefined where the field is missing or null. */
  part(name: string): Definition | undefined {
    const value = this.field(name);
    return value === undefined ? undefined : Definition.of(value, this.pathOf(name));
  }

  /** A field's object as it stands, which may have hundreds of thousands of names. */
  object(name: string): Readonly<Record<string, unknown>> {
    const part = this.part(name) ?? this.reject(name, 'it must be an object');
    return part.fields;
  }

  /** The row of a table that the field `type` names. @throws TokenizerError with all names, where it is none of them. */
  row<Row>(table: Readonly<Record<string, Row>>, type: unknown = this.field('type')): Row {
    if (typeof type === 'string' && Object.hasOwn(table, type)) return table[type]!;
    throw new TokenizerError(
      `${this.path}: type ${shown(type)} is not supported; supported: ${Object.keys(table).join(', ')}`,
    );
  }

  /** @throws TokenizerError always. */
  reject(name: string, reason: string): never {
    throw new TokenizerError(`${this.pathOf(name)} is ${shown(this.field(name))}, ${reason}`);
  }

  private pathOf(name: string): string {
    return this.path === '' ? name : `${this.path}.${name}`;
  }
}

function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}
