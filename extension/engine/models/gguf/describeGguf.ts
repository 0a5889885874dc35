import type { GgufArchitecture, GgufDescription } from './architectures/architecture';
import { ggufArchitecture } from './architectures/table';
import type { GgufFile } from './ggufFile';

/** What a GGUF file's model is read by, and the rules of its architecture. @throws ModelError for one that is not supported. */
export async function describeGguf(
  gguf: GgufFile,
): Promise<{ readonly model: GgufDescription; readonly rules: GgufArchitecture }> {
  const { name, rules } = ggufArchitecture(gguf.metadata);
  const [short, long] = [
    await gguf.numbers('rope_factors_short.weight'),
    await gguf.numbers('rope_factors_long.weight'),
  ];
  const model = {
    name,
    metadata: gguf.metadata,
    shapeOf: (tensor: string) => gguf.tensor(tensor)?.shape,
    rotaryDivisors: await gguf.numbers('rope_freqs.weight'),
    longRopeDivisors: short && long && { short, long },
  };
  return { model, rules };
}
