import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { ModelEntry } from '../../protocol/models';
import { exists } from '../platform/files';

/**
 * What a prompt says of the frozen model it was learned for: `base_model_name_or_path` of PEFT's adapter_config.json, in the
 * folder `path` or beside the file `path`. Undefined where nothing says it; what else is wrong with the file, its import tells.
 */
export async function namedModel(path: string): Promise<string | undefined> {
  const folder = await promptFolder(path);
  const text = await readFile(join(folder, 'adapter_config.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const { base_model_name_or_path: name } = JSON.parse(text.replace(/^\uFEFF/, '')) as Readonly<
      Record<string, unknown>
    >;
    return typeof name === 'string' && name !== '' ? name : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The model of this machine that a prompt means by `name`: the one of that name on the hub or of that place, else the only one
 * whose last part of the name is the same, as when it was learned on another machine.
 *
 * @param folder where the prompt lies, from which a relative place starts.
 * @returns the model as an experiment names it; undefined when there is none, or more than one.
 */
export async function modelOfName(
  name: string,
  folder: string,
  models: readonly ModelEntry[],
): Promise<string | undefined> {
  const place = resolve(folder, name);
  const exact = models.find(({ model, path }) => model === name || path === place);
  if (exact) return exact.model;
  if (await exists(place)) return place;
  const last = basename(name.replaceAll('\\', '/'));
  const alike = models.filter((model) => basename(model.name) === last);
  return alike.length === 1 ? alike[0]?.model : undefined;
}

/** The folder of an adapter, named itself or by one of its files. */
export async function promptFolder(path: string): Promise<string> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  return isFolder ? path : dirname(path);
}
