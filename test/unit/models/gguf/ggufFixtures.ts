import { join } from 'node:path';
import { readTensors } from '../modelFixtures';

/** Folder of what test/oracles/gguf_models.py writes. Tests run from the repository's root. */
export const ggufFixtures = join(process.cwd(), 'test/fixtures/gguf');

/** Models of test/fixtures/models that the oracle has converted. */
export const ggufModels = [
  ...['llama-untied', 'llama-tied', 'llama-linear', 'llama-yarn', 'llama-llama3', 'mistral'],
  ...['qwen2', 'qwen3', 'smollm3', 'olmo2', 'granite', 'phi3', 'gemma', 'gemma2', 'gemma3_text'],
  ...['gpt2', 'gpt2-untied', 'gpt_neox', 'gpt_neox-sequential', 'bloom', 't5-v1.0', 't5-v1.1'],
];

/** What transformers computes with the checkpoint, and with what GGUF can say of its configuration. */
export async function readGgufExpected(
  name: string,
): Promise<{ readonly prompt: Float32Array; readonly gradient: Float32Array; readonly loss: number }> {
  const tensors = await readTensors(join(ggufFixtures, `${name}.expected.safetensors`));
  const [prompt, gradient, loss] = ['prompt', 'gradient', 'loss'].map((each) => tensors.get(each)!.numbers);
  return { prompt: prompt!, gradient: gradient!, loss: loss![0]! };
}
