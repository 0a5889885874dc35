import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Names of the values 0, 1, 2, ... by column. */
export type LabelNames = Readonly<Record<string, readonly string[]>>;

/**
 * The names of classes that `datasets` wrote beside a data file, or into the folder above: `dataset_info.json`, whose
 * `{"features": {"label": {"_type": "ClassLabel", "names": [...]}}}` is that of `Dataset.save_to_disk`. No names where there is no such
 * file, or where it says something else.
 */
export async function labelNamesBeside(file: string): Promise<LabelNames> {
  const folder = dirname(file);
  for (const place of [folder, dirname(folder)]) {
    const text = await readFile(join(place, 'dataset_info.json'), 'utf8').catch(() => undefined);
    if (text !== undefined) return classNames(parsed(text));
  }
  return {};
}

/** The names in what `datasets` writes of a data set: `{"features": {...}}`. */
export function classNames(info: unknown): LabelNames {
  const features = isObject(info) && isObject(info.features) ? info.features : {};
  return Object.fromEntries(
    Object.entries(features).flatMap(([column, feature]) =>
      isObject(feature) && feature._type === 'ClassLabel' && Array.isArray(feature.names)
        ? [[column, feature.names.map(String)]]
        : [],
    ),
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    // Names are a help, not a condition: the data can be read without them.
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
