import { partName } from '../../engine/models/gguf/ggufParts';
import type { StoreFolder } from './storeFolder';

/** Whether a GGUF file is a model to list: not the image part of one, and of a model in several parts only the first. */
export function isGgufModel(file: string): boolean {
  return /\.gguf$/i.test(file) && !/mmproj/i.test(file) && (partName(file)?.part ?? 1) === 1;
}

/** Ways to the GGUF models of a folder and of the folders inside, at most `depth` folders deep, sorted; their problems go to the folder's. */
export async function ggufModels(folder: StoreFolder, depth: number, ...way: string[]): Promise<string[][]> {
  const here = (await folder.names('file', ...way)).filter(isGgufModel).map((name) => [...way, name]);
  if (depth === 0) return here;
  const folders = await folder.names('folder', ...way);
  const below = await Promise.all(folders.map((name) => ggufModels(folder, depth - 1, ...way, name)));
  return [...here, ...below.flat()];
}

/** `a/b/Model.Q4_0.gguf` as a name: `a/b/Model.Q4_0`. A part's number is no part of it. */
export function ggufName(way: readonly string[]): string {
  const folders = way.slice(0, -1);
  const file = way.at(-1) ?? '';
  return [...folders, partName(file)?.model ?? file.replace(/\.gguf$/i, '')].join('/');
}
