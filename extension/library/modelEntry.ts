import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { partsOf } from '../engine/models/gguf/ggufParts';
import { modelFacts } from '../engine/models/modelFacts';
import type { ModelEntry, Workload } from '../protocol/models';
import { estimateMemory } from './memoryEstimate';
import type { FoundModel } from './stores/store';

/** Reads what a found model is from the headers of its files. What cannot be read becomes the entry's problem, never an error. */
export async function modelEntry(found: FoundModel, workload: Workload): Promise<ModelEntry> {
  const { name, source, path, model = path } = found;
  const entry = {
    ...{ id: `${source}:${model}`, name, source, model, path },
    bytes: found.bytes ?? (await bytesOf(path)),
    removable: found.remove !== undefined,
  };
  try {
    if (found.problem !== undefined) throw new Error(found.problem);
    const { architecture, network, storage, float32, notes } = await modelFacts(path);
    const memory = estimateMemory(network, float32, workload);
    const { parameters } = network;
    return { ...entry, architecture, parameters, quantisation: storage, memory, notes, runs: fit(memory) };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { ...entry, problem, runs: { ok: false, reason: problem } };
  }
}

function fit({ verdict, total, installed }: NonNullable<ModelEntry['memory']>): ModelEntry['runs'] {
  if (verdict !== 'too-large') return { ok: true };
  const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
  return { ok: false, reason: `needs about ${gigabytes(total)}, this machine has ${gigabytes(installed)}` };
}

/** The size of a file and its other parts, or of the files of a folder (not below), what links point to included; 0 for what cannot be read. */
async function bytesOf(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  const names = found?.isDirectory() === true ? await readdir(path).catch(() => []) : undefined;
  const paths = names?.map((name) => join(path, name)) ?? partsOf(path);
  const files = await Promise.all(paths.map((each) => stat(each).catch(() => undefined)));
  return files.reduce((sum, file) => sum + (file?.isFile() === true ? file.size : 0), 0);
}
