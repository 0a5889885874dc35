import type { FileMetaData, ParquetParsers, SchemaElement } from 'hyparquet';

/** Dates and times as pandas prints them; whether a time is one of UTC stands in its column, see {@link columnTexts}. */
export const pandasParsers: Partial<ParquetParsers> = {
  dateFromDays: (days) => instant(BigInt(days) * nanosecondsOfDay).date,
  timestampFromMilliseconds: (milliseconds) => timestamp(milliseconds * 1_000_000n),
  timestampFromMicroseconds: (microseconds) => timestamp(microseconds * 1_000n),
  timestampFromNanoseconds: (nanoseconds) => timestamp(nanoseconds),
};

const nanosecondsOfDay = 86_400_000_000_000n;

/** @param nanoseconds since 1970, or for a time alone since midnight. */
function instant(nanoseconds: bigint): { date: string; time: string } {
  const inDay = ((nanoseconds % nanosecondsOfDay) + nanosecondsOfDay) % nanosecondsOfDay;
  const days = Number((nanoseconds - inDay) / nanosecondsOfDay);
  const date = new Date(days * 86_400_000).toISOString().slice(0, -14);
  const clock = new Date(Number(inDay / 1_000_000_000n) * 1000).toISOString().slice(11, 19);
  const fraction = String(inDay % 1_000_000_000n).padStart(9, '0');
  const digits = fraction.endsWith('000') ? fraction.slice(0, 6) : fraction;
  return { date, time: /^0*$/.test(digits) ? clock : `${clock}.${digits}` };
}

function timestamp(nanoseconds: bigint): string {
  const { date, time } = instant(nanoseconds);
  return `${date} ${time}`;
}

/** How the values of some columns, as the library gives them, become what pandas prints. */
export type ColumnTexts = ReadonlyMap<string, (value: unknown) => unknown>;

/**
 * A file's metadata for reading, and how its columns are printed: decimals with every digit, times of day, UTC, and the shortest
 * digits of 32-bit numbers. The library would read decimals as doubles, so their columns are read as the whole numbers they are.
 */
export function columnTexts(metadata: FileMetaData): { readonly metadata: FileMetaData; readonly texts: ColumnTexts } {
  const texts = new Map<string, (value: unknown) => unknown>();
  const schema = [...metadata.schema];
  for (const index of topLevel(schema)) {
    const element = schema[index]!;
    const { type, converted_type: converted, logical_type: logical, name } = element;
    if (element.num_children || element.repetition_type === 'REPEATED') continue;
    if ((converted === 'DECIMAL' || logical?.type === 'DECIMAL') && type !== 'BYTE_ARRAY') {
      const plain = { ...element };
      delete plain.converted_type;
      delete plain.logical_type;
      schema[index] = plain;
      const scale = (logical?.type === 'DECIMAL' ? logical.scale : undefined) ?? element.scale ?? 0;
      texts.set(name, (value) => decimal(value, scale));
    } else if (logical?.type === 'TIME' || converted === 'TIME_MILLIS' || converted === 'TIME_MICROS') {
      const unit = logical?.type === 'TIME' ? logical.unit : converted === 'TIME_MILLIS' ? 'MILLIS' : 'MICROS';
      texts.set(name, (value) => instant(BigInt(value as number | bigint) * nanosecondsOf[unit]).time);
    } else if (logical?.type === 'TIMESTAMP' && logical.isAdjustedToUTC) {
      texts.set(name, (value) => `${value as string}+00:00`);
    } else if (type === 'FLOAT') {
      texts.set(name, (value) => shortest(value as number));
    }
  }
  return { metadata: { ...metadata, schema }, texts };
}

const nanosecondsOf = { MILLIS: 1_000_000n, MICROS: 1_000n, NANOS: 1n };

/** Indices of the columns that are not part of another one; the schema lists an element before its children. */
function* topLevel(schema: readonly SchemaElement[]): Generator<number> {
  let index = 1;
  for (let child = 0; child < (schema[0]?.num_children ?? 0); child++) {
    yield index;
    for (let open = 1; open > 0 && index < schema.length; index++) open += (schema[index]!.num_children ?? 0) - 1;
  }
}

/** @param value a whole number, or its bytes in two's complement, most significant first. */
function decimal(value: unknown, scale: number): string {
  let whole = value instanceof Uint8Array ? 0n : BigInt(value as number | bigint);
  if (value instanceof Uint8Array) {
    for (const byte of value) whole = whole * 256n + BigInt(byte);
    if (value.length > 0 && value[0]! >= 128) whole -= 1n << BigInt(8 * value.length);
  }
  const digits = String(whole < 0n ? -whole : whole).padStart(scale + 1, '0');
  const sign = whole < 0n ? '-' : '';
  return scale === 0 ? sign + digits : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** The fewest digits that are this float32 and no other. */
function shortest(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === value) return rounded;
  }
  return value;
}
