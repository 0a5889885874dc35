import { join } from 'node:path';
import { homeFolder } from '../../engine/storage/cacheFolder';
import type { FoundModel, ModelStore } from './store';
import { readSmallJson, StoreFolder } from './storeFolder';

/**
 * Ollama (https://github.com/ollama/ollama): manifests/HOST/NAMESPACE/NAME/TAG is a JSON list of layers, each a blob named by its
 * SHA-256. The layer of the model is a GGUF file.
 */
export const ollama: ModelStore = {
  name: 'Ollama',
  async find(environment) {
    const problems: string[] = [];
    const models: FoundModel[] = [];
    for (const path of modelFolders(environment)) {
      const folder = await StoreFolder.open(path, problems);
      if (folder === undefined) continue;
      for (const way of await manifests(folder)) {
        const found = await readManifest(folder, way).catch((error: unknown) => (error as Error).message);
        if (typeof found === 'string') problems.push(`${join(path, ...way)}: ${found}.`);
        else models.push(found);
      }
    }
    return { models, problems };
  },
};

/** OLLAMA_MODELS alone, or the person's own folder and that of the system's service. */
function modelFolders(environment: NodeJS.ProcessEnv): string[] {
  const chosen = environment['OLLAMA_MODELS'];
  if (chosen !== undefined && chosen !== '') return [chosen];
  const service = process.platform === 'linux' ? ['/usr/share/ollama/.ollama/models'] : [];
  return [join(homeFolder(environment), '.ollama', 'models'), ...service];
}

/** The ways from the store's root to its manifests. */
async function manifests(folder: StoreFolder): Promise<string[][]> {
  let ways = [['manifests']];
  for (const kind of ['folder', 'folder', 'folder', 'file'] as const) {
    const next = await Promise.all(
      ways.map(async (way) => (await folder.names(kind, ...way)).map((name) => [...way, name])),
    );
    ways = next.flat();
  }
  return ways;
}

/** @returns the model, or in words why there is none. */
async function readManifest(folder: StoreFolder, way: readonly string[]): Promise<FoundModel | string> {
  const manifest = (await readSmallJson(join(folder.path, ...way))) as { layers?: unknown } | null;
  const layers: unknown[] = Array.isArray(manifest?.layers) ? manifest.layers : [];
  const weights = layers.filter(isModelLayer);
  if (weights.length !== 1) return `lists ${weights.length} layers of weights; supported: 1`;
  const { digest, size } = weights[0]!;
  // The digest comes from a file that anyone may have written: a name, never a way.
  const hex = typeof digest === 'string' ? /^sha256[:-]([0-9a-f]{64})$/.exec(digest)?.[1] : undefined;
  if (hex === undefined) return `names its weights ${JSON.stringify(digest)}, which is no SHA-256`;
  const blob = await folder.look('blobs', `sha256-${hex}`);
  const found = {
    name: shownName(way),
    source: 'ollama',
    path: join(folder.path, 'blobs', `sha256-${hex}`),
  } as const;
  if (typeof blob === 'string') return { ...found, problem: `${found.path}: ${blob}. Pull the model again.` };
  if (blob.kind !== 'file' || (typeof size === 'number' && size !== blob.bytes))
    return {
      ...found,
      problem: `${found.path}: is not the file of ${String(size)} bytes that it should be. Pull the model again.`,
    };
  return { ...found, bytes: blob.bytes };
}

function isModelLayer(layer: unknown): layer is { readonly digest: unknown; readonly size: unknown } {
  return (
    typeof layer === 'object' &&
    layer !== null &&
    'mediaType' in layer &&
    layer.mediaType === 'application/vnd.ollama.image.model'
  );
}

/** As `ollama list` shows it: without the host and namespace that are the default. */
function shownName([, host = '', namespace = '', name = '', tag = '']: readonly string[]): string {
  const isDefault = host === 'registry.ollama.ai';
  const before = [...(isDefault ? [] : [host]), ...(isDefault && namespace === 'library' ? [] : [namespace])];
  return `${[...before, name].join('/')}:${tag}`;
}
