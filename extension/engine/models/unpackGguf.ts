import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { copyFile, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cacheFolder } from './cacheFolder';
import { Configuration } from './configuration';
import { GgufFile, type GgufTensor } from './gguf';
import { ModelError } from './modelError';
import { readSafetensorsHeader, safetensorsPrefix } from './safetensors';

/** Raised when the same source must unpack to other bytes than before. */
const layoutVersion = 1;

/** What a folder with a quantised model holds beside model.gguf; the last one may be missing. */
const companions = ['config.json', 'tokenizer.json', 'tokenizer_config.json'];

/** Whether a model folder holds its weights as `model.gguf` only. */
export function isGgufFolder(folder: string): boolean {
  return existsSync(join(folder, 'model.gguf')) && !existsSync(join(folder, 'model.safetensors'));
}

/**
 * The folder, in this system's cache, of the same model with its weights as float32 in model.safetensors, which sessions map in
 * place. Made on first use, found again by the SHA-256 of the source files. float32 holds every dequantised number
 * exactly, and several sessions share one mapping.
 *
 * @param cache the folder to keep it in; default: `models` in {@link cacheFolder}.
 * @throws ModelError for a source that cannot be read or is not of the Llama architecture.
 */
export async function unpackGguf(folder: string, cache = join(cacheFolder(), 'models')): Promise<string> {
  const target = join(cache, await hashOf(folder));
  if (await isComplete(target)) return target;
  // Another process may be doing the same: each writes a folder of its own, and one of them gets the name.
  const draft = `${target}.${randomUUID()}.tmp`;
  await mkdir(draft, { recursive: true });
  try {
    await writeWeights(folder, join(draft, 'model.safetensors'));
    for (const file of companions) {
      if (existsSync(join(folder, file))) await copyFile(join(folder, file), join(draft, file));
    }
    if (existsSync(target) && !(await isComplete(target))) await rm(target, { recursive: true, force: true });
    await rename(draft, target).catch(async (error: unknown) => {
      if (!(await isComplete(target))) throw error;
    });
    await syncFolder(dirname(target));
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return target;
}

async function hashOf(folder: string): Promise<string> {
  const hash = createHash('sha256').update(`layout ${layoutVersion}\n`);
  for (const name of ['model.gguf', ...companions]) {
    const file = join(folder, name);
    if (!existsSync(file)) continue;
    hash.update(`${name}\n`);
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  }
  return hash.digest('hex');
}

/** The header of a torn file does not fit its size. */
async function isComplete(folder: string): Promise<boolean> {
  return readSafetensorsHeader(join(folder, 'model.safetensors')).then(
    () => existsSync(join(folder, 'config.json')),
    () => false,
  );
}

async function writeWeights(folder: string, file: string): Promise<void> {
  const source = await GgufFile.read(join(folder, 'model.gguf'));
  const architecture = source.text('general.architecture');
  if (architecture !== 'llama')
    throw new ModelError(
      `${source.file}: architecture "${architecture ?? ''}" is not supported as GGUF; supported: llama.`,
    );
  const configuration = await Configuration.read(folder);
  const heads = configuration.count('num_attention_heads');
  const groups = configuration.count('num_key_value_heads', heads);
  const names = new Map(source.tensors.map((tensor) => [tensor, checkpointName(tensor, source.file)]));
  const handle = await open(file, 'w');
  try {
    await handle.write(
      safetensorsPrefix(
        source.tensors.map((tensor) => ({ name: names.get(tensor)!, type: 'F32', shape: tensor.shape })),
        { format: 'pt' },
      ),
    );
    await source.forEachTensor(async (tensor, numbers) => {
      const name = names.get(tensor)!;
      if (name.includes('.q_proj.')) await handle.write(rotaryHalves(numbers, tensor.shape, heads));
      else if (name.includes('.k_proj.')) await handle.write(rotaryHalves(numbers, tensor.shape, groups));
      else await handle.write(numbers);
    });
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const layerParts: Readonly<Record<string, string>> = {
  attn_norm: 'input_layernorm',
  attn_q: 'self_attn.q_proj',
  attn_k: 'self_attn.k_proj',
  attn_v: 'self_attn.v_proj',
  attn_output: 'self_attn.o_proj',
  ffn_norm: 'post_attention_layernorm',
  ffn_gate: 'mlp.gate_proj',
  ffn_up: 'mlp.up_proj',
  ffn_down: 'mlp.down_proj',
};
const otherParts: Readonly<Record<string, string>> = {
  token_embd: 'model.embed_tokens',
  output_norm: 'model.norm',
  output: 'lm_head',
};

/** The name of a tensor in a Hugging Face checkpoint. */
function checkpointName({ name }: GgufTensor, file: string): string {
  const match = /^(?:blk\.(\d+)\.)?(\w+)\.weight$/.exec(name);
  const [, layer, part = ''] = match ?? [];
  const found = layer === undefined ? otherParts[part] : layerParts[part];
  if (found === undefined) throw new ModelError(`${file}: tensor "${name}" is not one of a Llama model.`);
  return `${layer === undefined ? '' : `model.layers.${layer}.`}${found}.weight`;
}

/** llama.cpp keeps the two rows of a rotary pair next to each other, Hugging Face half a head apart. Takes the rows of each head back. */
function rotaryHalves(numbers: Float32Array, shape: readonly number[], heads: number): Float32Array {
  const [rows = 0, width = 0] = shape;
  const headRows = rows / heads;
  const half = headRows / 2;
  const result = new Float32Array(numbers.length);
  for (let row = 0; row < rows; row++) {
    const [head, within] = [Math.floor(row / headRows), row % headRows];
    const from = head * headRows + 2 * (within % half) + Math.floor(within / half);
    result.set(numbers.subarray(from * width, (from + 1) * width), row * width);
  }
  return result;
}

/** Makes a rename in the folder survive a power cut, where the system lets a folder be opened. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}
