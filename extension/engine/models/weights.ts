import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readJsonObject } from './configuration';
import { requireFinite } from './finiteWeights';
import { ModelError } from './modelError';
import { modelFile } from './modelFile';
import { readSafetensorsHeader, type TensorEntry } from './safetensors';
import { bytesPerElement, isWeightType, toFloat32, type WeightType } from './tensorType';

/** One frozen tensor where it lies on disk. */
export interface Weight {
  readonly name: string;
  readonly type: WeightType;
  readonly shape: readonly number[];
  /** Real path of the file, all symbolic links resolved. */
  readonly file: string;
  readonly offset: number;
  readonly byteLength: number;
}

/**
 * The weights of a model folder: one `model.safetensors`, or the shards that `model.safetensors.index.json` lists.
 * Nothing is read but the headers; onnxruntime maps the files in place.
 */
export class Weights {
  private constructor(
    readonly folder: string,
    private readonly byName: ReadonlyMap<string, TensorEntry & { readonly file: string }>,
  ) {}

  /** @throws ModelError where there is none, a shard is missing or damaged, or a tensor stands in two shards. */
  static async open(folder: string): Promise<Weights> {
    const files = await Promise.all((await weightFiles(folder)).map((name) => modelFile(folder, name)));
    const byName = new Map<string, TensorEntry & { readonly file: string }>();
    for (const file of files) {
      for (const [name, entry] of (await readSafetensorsHeader(file)).tensors) {
        const other = byName.get(name);
        if (other !== undefined) throw new ModelError(`tensor "${name}" stands in both ${other.file} and ${file}.`);
        byName.set(name, { ...entry, file });
      }
    }
    return new Weights(folder, byName);
  }

  get names(): readonly string[] {
    return [...this.byName.keys()];
  }

  /** How many axes a tensor has; undefined where there is none of that name. */
  rankOf(name: string): number | undefined {
    return this.byName.get(name)?.shape.length;
  }

  has(name: string): boolean {
    return this.byName.has(name);
  }

  /**
   * @param ifMissing what the error says more where there is none.
   * @throws ModelError where the tensor is missing, has another shape, or is of a type that no weight may have.
   */
  get(name: string, shape: readonly number[], ifMissing?: string): Weight {
    const entry = this.byName.get(name);
    if (entry === undefined)
      throw new ModelError(
        [`${this.folder}: the weights have no tensor "${name}".`, ifMissing ?? ''].join(' ').trimEnd(),
      );
    const { file, type, offset, byteLength } = entry;
    if (entry.shape.length !== shape.length || entry.shape.some((length, axis) => length !== shape[axis])) {
      throw new ModelError(
        `${file}: tensor "${name}" has shape [${entry.shape.join(', ')}], config.json makes it [${shape.join(', ')}].`,
      );
    }
    if (!isWeightType(type))
      throw new ModelError(`${file}: tensor "${name}" is stored as ${type}; supported are F32, F16 and BF16.`);
    return { name, type, shape, file, offset, byteLength };
  }

  /** The same without some of its tensors. */
  without(names: readonly string[]): Weights {
    return new Weights(this.folder, new Map([...this.byName].filter(([name]) => !names.includes(name))));
  }

  /** Whether two tensors are the same byte for byte, of one type and shape. Reads no further than to the first difference. */
  async same(one: string, other: string): Promise<boolean> {
    const [a, b] = [this.byName.get(one), this.byName.get(other)];
    if (a === undefined || b === undefined || a.type !== b.type || a.byteLength !== b.byteLength) return false;
    if (a.shape.join() !== b.shape.join()) return false;
    const theirs = pieces(b.file, b.offset, b.byteLength);
    for await (const { bytes } of pieces(a.file, a.offset, a.byteLength)) {
      const next = await theirs.next();
      if (next.done === true || Buffer.compare(bytes, next.value.bytes) !== 0) {
        await theirs.return();
        return false;
      }
    }
    await theirs.return();
    return true;
  }

  /** Rows of a two-dimensional weight as float32, [rows.length, width] row-major. @throws RangeError for a row that is not there. */
  async rows(weight: Weight, rows: readonly number[]): Promise<Float32Array> {
    const [height = 0, width = 0] = weight.shape;
    const rowBytes = width * bytesPerElement[weight.type];
    const result = new Float32Array(rows.length * width);
    const handle = await open(weight.file, 'r');
    try {
      const bytes = Buffer.alloc(rowBytes);
      for (const [i, row] of rows.entries()) {
        if (!Number.isInteger(row) || row < 0 || row >= height)
          throw new RangeError(`token id ${row} is not in the vocabulary of ${height}`);
        const { bytesRead } = await handle.read(bytes, 0, rowBytes, weight.offset + row * rowBytes);
        if (bytesRead !== rowBytes) throw new ModelError(`${weight.file}: ends inside tensor "${weight.name}".`);
        result.set(toFloat32(bytes, weight.type), i * width);
      }
    } finally {
      await handle.close();
    }
    return result;
  }

  /** All rows of a two-dimensional weight as float32, in their order, `count` rows at a time. */
  async *blocks(
    weight: Weight,
    count: number,
  ): AsyncGenerator<{ readonly first: number; readonly rows: Float32Array }> {
    const [height = 0, width = 0] = weight.shape;
    const rowBytes = width * bytesPerElement[weight.type];
    const handle = await open(weight.file, 'r');
    try {
      const bytes = Buffer.alloc(Math.min(count, height) * rowBytes);
      for (let first = 0; first < height; first += count) {
        const length = Math.min(count, height - first) * rowBytes;
        const { bytesRead } = await handle.read(bytes, 0, length, weight.offset + first * rowBytes);
        if (bytesRead !== length) throw new ModelError(`${weight.file}: ends inside tensor "${weight.name}".`);
        yield { first, rows: toFloat32(bytes.subarray(0, length), weight.type) };
      }
    } finally {
      await handle.close();
    }
  }

  /**
   * SHA-256 over name, type, shape and bytes of every tensor in the order of their names: the same however they are cut into files.
   *
   * @throws ModelError for a weight that is not finite, since every byte passes by here.
   */
  async hash(): Promise<string> {
    const hash = createHash('sha256');
    for (const name of [...this.byName.keys()].sort()) {
      const { file, type, shape, offset, byteLength } = this.byName.get(name)!;
      hash.update(JSON.stringify([name, type, shape]));
      for await (const { bytes, at } of pieces(file, offset, byteLength)) {
        hash.update(bytes);
        if (isWeightType(type)) requireFinite(bytes, type, { file, tensor: name, index: at / bytesPerElement[type] });
      }
    }
    return hash.digest('hex');
  }
}

/** Bytes of a file from `offset` on, a megabyte at a time, so that no element is cut; `at` counts from `offset`. */
async function* pieces(
  file: string,
  offset: number,
  byteLength: number,
): AsyncGenerator<{ readonly bytes: Uint8Array; readonly at: number }, void, undefined> {
  const handle = await open(file, 'r');
  try {
    const buffer = Buffer.alloc(Math.min(byteLength, 1 << 20));
    for (let at = 0; at < byteLength; at += buffer.length) {
      const length = Math.min(buffer.length, byteLength - at);
      const { bytesRead } = await handle.read(buffer, 0, length, offset + at);
      if (bytesRead !== length) throw new ModelError(`${file}: became shorter while it was read.`);
      yield { bytes: buffer.subarray(0, length), at };
    }
  } finally {
    await handle.close();
  }
}

/** The names of the files that hold the weights. */
async function weightFiles(folder: string): Promise<string[]> {
  const single = 'model.safetensors';
  const indexName = 'model.safetensors.index.json';
  if (existsSync(join(folder, single))) return [single];
  const index = join(folder, indexName);
  if (!existsSync(index)) throw new ModelError(await missingWeights(folder));
  const { weight_map: map } = await readJsonObject(index);
  if (typeof map !== 'object' || map === null) throw new ModelError(`${index}: has no "weight_map".`);
  const shards = new Set<string>();
  for (const [tensor, shard] of Object.entries(map)) {
    // The index may come from anywhere: it names files of this folder, never a way out of it.
    if (typeof shard !== 'string' || shard === '' || /[/\\:]/.test(shard) || shard.startsWith('.'))
      throw new ModelError(
        `${index}: "${tensor}" is said to lie in ${JSON.stringify(shard)}, not a file of the folder.`,
      );
    shards.add(shard);
  }
  for (const shard of shards) {
    if (!existsSync(join(folder, shard)))
      throw new ModelError(`${join(folder, shard)}: listed in ${indexName} but missing.`);
  }
  if (shards.size === 0) throw new ModelError(`${index}: "weight_map" is empty.`);
  return [...shards].sort();
}

async function missingWeights(folder: string): Promise<string> {
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder)
    return `${folder}: no such folder. Give a folder with config.json, tokenizer.json and model.safetensors.`;
  const pickled = ['pytorch_model.bin', 'pytorch_model.bin.index.json'].find((name) => existsSync(join(folder, name)));
  const hint =
    pickled === undefined
      ? ''
      : ` It has ${pickled}, which is not read because such files can run code: save the model again with transformers (safe_serialization).`;
  return `${folder}: has neither model.safetensors nor model.safetensors.index.json.${hint}`;
}
