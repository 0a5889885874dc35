import { rmsNorm } from '../../graph/composites/normalization';
import { add } from '../../graph/operators/elementwise';
import { type Activation, activations, readActivation } from '../activationFunctions';
import type { Configuration } from '../configuration';
import type { FrozenTensors } from '../frozenTensors';
import type { LanguageModel } from '../languageModel';
import { llamaFamily } from './llama';

/**
 * Gemma 1: Mesnard et al. 2024, section 2. Llama with embeddings scaled by sqrt(D), GEGLU, heads of a width of their own, and norms whose
 * weights are stored less one.
 */
export function gemma(configuration: Configuration, tensors: FrozenTensors): LanguageModel {
  configuration.refuse('use_bidirectional_attention', false, 'attention to what comes behind');
  const biased = configuration.flag('attention_bias', false);
  return llamaFamily(configuration, tensors, {
    attention: { inwardBiases: biased, outputBias: biased, norms: 'none' },
    defaults: { headWidth: 256, maxPositions: 8192, tied: true, endToken: 1 },
    activation: readGemmaActivation(configuration),
    normalise: (x, weight, epsilon) => rmsNorm(x, add(weight, 1), epsilon),
    embeddingScale: Math.sqrt(configuration.count('hidden_size')),
  });
}

/** The first published files say "gelu" and mean the approximation by tanh; transformers takes it for that, and reads no other field. */
function readGemmaActivation(configuration: Configuration): Activation {
  configuration.ignore('hidden_activation');
  const activation = readActivation(configuration, 'hidden_act', 'gelu_pytorch_tanh');
  return activation === activations.gelu ? activations.gelu_pytorch_tanh : activation;
}
