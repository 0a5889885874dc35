import type { StoreFolder } from './storeFolder';

/** Whether a GGUF file is a model to list: not the image part of one, and of a model in several parts only the first. */
export function isGgufModel(file: string): boolean {
  const part = /-(\d{5})-of-\d{5}\.gguf$/i.exec(file)?.[1];
  return /\.gguf$/i.test(file) && !/mmproj/i.test(file) && (part === undefined || part === '00001');
}

/** Ways to the GGUF models of a folder and of the folders inside, at most `depth` folders deep, sorted; their problems go to the folder's. */
export async function ggufModels(folder: StoreFolder, depth: number, ...way: string[]): Promise<string[][]> {
  const here = (await folder.names('file', ...way)).filter(isGgufModel).map((name) => [...way, name]);
  if (depth === 0) return here;
  const folders = await folder.names('folder', ...way);
  const below = await Promise.all(folders.map((name) => ggufModels(folder, depth - 1, ...way, name)));
  return [...here, ...below.flat()];
}

/** `a/b/Model.Q4_0.gguf` as a name: `a/b/Model.Q4_0`. */
export function ggufName(way: readonly string[]): string {
  return way.join('/').replace(/\.gguf$/i, '');
}
