import { join } from 'node:path';
import { homeFolder } from '../../engine/storage/cacheFolder';
import type { FoundModel, ModelStore } from './store';
import { readSmallJson, StoreFolder, type StoreEntry, type StoreObstacle } from './storeFolder';

/**
 * Ollama (https://github.com/ollama/ollama): manifests/HOST/NAMESPACE/NAME/TAG is a JSON list of layers, each a blob named by its
 * SHA-256, `sha256-HEX` or, before version 0.1.33, `sha256:HEX`. The layer of the model is a GGUF file. The folders of the manifests and of
 * the blobs may each be a link to another disk.
 */
export const ollama: ModelStore = {
  name: 'Ollama',
  async find(environment) {
    const problems: string[] = [];
    const models: FoundModel[] = [];
    for (const path of modelFolders(environment)) {
      const folder = await StoreFolder.open(join(path, 'manifests'), problems);
      if (folder === undefined) continue;
      const blobs = await StoreFolder.open(join(path, 'blobs'), problems);
      for (const way of await manifests(folder)) {
        const found = await readManifest(folder, way, blobs, join(path, 'blobs')).catch(
          (error: unknown) => (error as Error).message,
        );
        if (typeof found === 'string') problems.push(`${join(folder.path, ...way)}: ${found}.`);
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

/** The ways from the folder of the manifests to each of them. */
async function manifests(folder: StoreFolder): Promise<string[][]> {
  let ways: string[][] = [[]];
  for (const kind of ['folder', 'folder', 'folder', 'file'] as const) {
    const next = await Promise.all(
      ways.map(async (way) => (await folder.names(kind, ...way)).map((name) => [...way, name])),
    );
    ways = next.flat();
  }
  return ways;
}

interface Layer {
  readonly digest: unknown;
  readonly size: unknown;
}

/** @returns the model, or in words why there is none. */
async function readManifest(
  folder: StoreFolder,
  way: readonly string[],
  blobs: StoreFolder | undefined,
  blobsPath: string,
): Promise<FoundModel | string> {
  const manifest = (await readSmallJson(join(folder.path, ...way))) as { layers?: unknown } | null;
  const layers: unknown[] = Array.isArray(manifest?.layers) ? manifest.layers : [];
  const layersOf = (kind: string): Layer[] => layers.filter((layer): layer is Layer => isLayer(layer, kind));
  const weights = layersOf('model');
  if (weights.length === 0 && layersOf('tensor').length > 0)
    return 'keeps its weights as single tensors and not as a GGUF file, which cannot be read. Pull the model as GGUF, or add its model folder';
  if (weights.length !== 1) return `lists ${weights.length} layers of weights; supported: 1`;
  const { digest, size } = weights[0]!;
  // The digest comes from a file that anyone may have written: a name, never a way.
  const hex = typeof digest === 'string' ? /^sha256[:-]([0-9a-f]{64})$/.exec(digest)?.[1] : undefined;
  if (hex === undefined) return `names its weights ${JSON.stringify(digest)}, which is no SHA-256`;
  const { blob, name } = await findBlob(blobs, hex);
  const path = join(blobsPath, name);
  const shown = shownName(way);
  const found = { name: shown, source: 'ollama', path } as const;
  const problem = blobProblem(blob, size, shown) ?? adapterProblem(layersOf('adapter').length, path);
  const bytes = 'bytes' in blob ? { bytes: blob.bytes } : {};
  return problem === undefined ? { ...found, ...bytes } : { ...found, problem: `${path}: ${problem}` };
}

/** The blob under its name of today, else under its old one, where the system allows a colon in a name. */
async function findBlob(
  blobs: StoreFolder | undefined,
  hex: string,
): Promise<{ readonly blob: StoreEntry | StoreObstacle; readonly name: string }> {
  const names = [`sha256-${hex}`, `sha256:${hex}`] as const;
  for (const name of names) {
    const blob = await blobs?.look(name);
    if (blob !== undefined && !('reason' in blob && blob.reason === 'missing')) return { blob, name };
  }
  return { blob: { reason: 'missing', text: 'is missing' }, name: names[0] };
}

/** What keeps a blob from being used, and what helps; only a file that is nowhere is fetched again, which may be gigabytes. */
function blobProblem(blob: StoreEntry | StoreObstacle, size: unknown, name: string): string | undefined {
  if ('reason' in blob) {
    const advice = {
      outside: `Links out of the store are not followed. If you trust that file, use it as the model by its own path, ${blob.target}`,
      dangling: 'Connect the disk that it is on, or correct the link',
      unreadable: 'Give your user the right to read it, or copy it to a place of your own',
      missing: `Fetch it with "ollama pull ${name}"`,
    };
    return `${blob.text}. ${advice[blob.reason]}.`;
  }
  if (blob.kind !== 'file') return 'is no file. Remove it and pull the model again.';
  if (typeof size === 'number' && size !== blob.bytes)
    return (
      `has ${blob.bytes} bytes, where its manifest says ${size}: it was cut off or changed. ` +
      `Copy it again from where it came from, or remove it and run "ollama pull ${name}".`
    );
  return undefined;
}

/** Ollama adds the adapters of a manifest to the weights, so without them it is another model. */
function adapterProblem(adapters: number, path: string): string | undefined {
  if (adapters === 0) return undefined;
  return (
    `Ollama adds ${adapters === 1 ? 'an adapter (LoRA)' : `${adapters} adapters (LoRA)`} to these weights, which is not supported. ` +
    `To tune a prompt for the weights without it, use ${path} as the model.`
  );
}

function isLayer(layer: unknown, kind: string): boolean {
  if (typeof layer !== 'object' || layer === null || !('mediaType' in layer)) return false;
  const { mediaType } = layer;
  // A media type may have parameters behind it: "...image.tensor; name=...".
  return typeof mediaType === 'string' && mediaType.split(';')[0]!.trim() === `application/vnd.ollama.image.${kind}`;
}

/** As `ollama list` shows it: without the host and namespace that are the default. */
function shownName([host = '', namespace = '', name = '', tag = '']: readonly string[]): string {
  const isDefault = host === 'registry.ollama.ai';
  const before = [...(isDefault ? [] : [host]), ...(isDefault && namespace === 'library' ? [] : [namespace])];
  return `${[...before, name].join('/')}:${tag}`;
}
