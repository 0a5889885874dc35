import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ModelError } from '../modelError';

/** llama.cpp's names for the parts of one model (tools/gguf-split): NAME-00002-of-00005.gguf. */
const partPattern = /^(.*)-(\d{5})-of-(\d{5})(\.gguf)$/is;

interface PartName {
  readonly model: string;
  /** From 1 on. */
  readonly part: number;
  readonly count: number;
  readonly ending: string;
}

/** What a file's name says; undefined where it is not that of a part. */
export function partName(file: string): PartName | undefined {
  const [, model, part, count, ending = ''] = partPattern.exec(basename(file)) ?? [];
  if (model === undefined || !(Number(part) >= 1 && Number(part) <= Number(count))) return undefined;
  return { model, part: Number(part), count: Number(count), ending };
}

/** The paths of all parts in their order, whether they exist or not; the file itself where it is not named as a part. */
export function partsOf(file: string): readonly string[] {
  const name = partName(file);
  if (name === undefined) return [file];
  const digits = (number: number): string => String(number).padStart(5, '0');
  return Array.from({ length: name.count }, (_, i) =>
    join(dirname(file), `${name.model}-${digits(i + 1)}-of-${digits(name.count)}${name.ending}`),
  );
}

/** The same. @throws ModelError naming the parts that are missing. */
export function existingParts(file: string): readonly string[] {
  const parts = partsOf(file);
  const missing = parts.filter((part) => !existsSync(part)).map((part) => basename(part));
  if (missing.length === 0) return parts;
  const shown =
    missing.length > 3 ? `${missing.slice(0, 3).join(', ')} and ${missing.length - 3} more` : missing.join(', ');
  throw new ModelError(
    `${file}: is one of ${parts.length} parts of a model, and ${shown} ${missing.length === 1 ? 'is' : 'are'} missing. Fetch all parts into one folder.`,
  );
}

/** A GGUF file's name without its ending, and without its number where it is one of several parts. */
export function ggufName(file: string): string {
  return partName(file)?.model ?? basename(file, '.gguf');
}
