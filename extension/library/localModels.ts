import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { partName, partsOf } from '../engine/models/gguf/ggufParts';
import type { FoundModel } from './stores/store';
import { stores } from './stores/table';

export interface Places {
  /** Folder of the bundled model, absolute. */
  readonly bundled: string;
  /** Model folders and .gguf files that the person named, absolute. */
  readonly folders: readonly string[];
  readonly environment?: NodeJS.ProcessEnv;
}

/** Every model on this machine: the bundled one, what the person named, and what the stores hold; each path once, other models' problems beside. */
export async function findModels({
  bundled,
  folders,
  environment = process.env,
}: Places): Promise<{ readonly models: readonly FoundModel[]; readonly problems: readonly string[] }> {
  const contents = await Promise.all(
    stores.map((store) =>
      store.find(environment).catch((error: unknown) => ({
        models: [],
        problems: [`${store.name}: ${error instanceof Error ? error.message : String(error)}`],
      })),
    ),
  );
  const all: FoundModel[] = [
    { name: 'bundled', source: 'bundled', model: 'bundled', path: bundled },
    ...contents.flatMap(({ models }) => models),
    ...(await Promise.all(folders.map(modelsAt))).flat(),
  ];
  const byPath = new Map<string, FoundModel>();
  const hidden: FoundModel[] = [];
  for (const model of all) {
    const known = byPath.get(model.path);
    // One file may be two models of a store: by itself, and with an adapter that is not supported. The usable one is listed.
    const isBetter = known === undefined || (known.problem !== undefined && model.problem === undefined);
    if (isBetter) byPath.set(model.path, model);
    const other = isBetter ? known : model;
    if (other !== undefined) hidden.push(other);
  }
  const unlisted = hidden.flatMap(({ name, problem }) => (problem === undefined ? [] : [`${name}: ${problem}`]));
  return { models: [...byPath.values()], problems: [...contents.flatMap(({ problems }) => problems), ...unlisted] };
}

/** What lies at a place that the person named: a model folder or a GGUF file is one model, a folder of GGUF files one for each. */
async function modelsAt(place: string): Promise<FoundModel[]> {
  const isGguf = (name: string): boolean => name.toLowerCase().endsWith('.gguf');
  const names = isGguf(place) ? [] : await readdir(place).catch(() => []);
  const isModel = names.includes('config.json') || names.includes('model.gguf');
  const files = isModel ? [] : names.filter(isGguf).sort();
  const paths = files.length > 0 ? files.map((name) => join(place, name)) : [place];
  return paths.map((path) => ({
    // Parts of one model are one model, whichever of them was named.
    name: partName(path)?.model ?? basename(path),
    source: isGguf(path) ? 'gguf' : 'folder',
    path: partsOf(path)[0]!,
  }));
}
