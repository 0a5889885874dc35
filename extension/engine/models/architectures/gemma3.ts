import type { Configuration } from '../configuration';
import type { CheckpointNames, FrozenTensors } from '../frozenTensors';
import type { LanguageModel } from '../languageModel';
import { readRope } from '../rope';
import { type GemmaVariant, gemmaFamily, readCap } from './gemma2';

/**
 * Gemma 3, text: Gemma Team 2025, section 2. Gemma 2 with norms over the heads of queries and keys in place of the caps; one layer of six
 * sees everything, on a rope of its own.
 */
export function gemma3Text(configuration: Configuration, tensors: FrozenTensors): LanguageModel {
  return gemma3WithPrefix(configuration, tensors, {
    prefix: 'model.',
    tied: configuration.flag('tie_word_embeddings', true),
  });
}

/** The text part of a Gemma 3 that also sees images; what belongs to the images is left alone. */
export function gemma3(configuration: Configuration, tensors: FrozenTensors): LanguageModel {
  configuration.ignore(
    'vision_config',
    'mm_tokens_per_image',
    'boi_token_index',
    'eoi_token_index',
    'image_token_index',
  );
  configuration.ignore('boi_token_id', 'eoi_token_id', 'image_token_id');
  const text = configuration.nested('text_config') ?? configuration.reject('text_config', ', it must be an object');
  text.choice('model_type', ['gemma3_text'], 'gemma3_text');
  // transformers caps the logits of the text model only.
  refuseCap(text, 'final_logit_softcapping', 'capped logits of a model that also sees images');
  // Of both configurations' fields, transformers reads that of the whole model.
  text.ignore('tie_word_embeddings');
  const tied = configuration.flag('tie_word_embeddings', true);
  return gemma3WithPrefix(text, tensors, { prefix, names, tied });
}

/** Where the text model lies in one that also sees images, and where it has lain in older files; transformers reads them all. */
const prefix = 'model.language_model.';
const names: CheckpointNames = {
  base: 'model',
  older: [
    { now: 'lm_head.', before: 'language_model.lm_head.' },
    ...['language_model.model.', 'model.language_model.model.', 'language_model.model.model.'].map((before) => ({
      now: prefix,
      before,
    })),
  ],
};

function gemma3WithPrefix(
  configuration: Configuration,
  tensors: FrozenTensors,
  naming: Pick<GemmaVariant, 'prefix' | 'names' | 'tied'>,
): LanguageModel {
  // transformers computes no caps of the scores for Gemma 3, whatever the field says.
  refuseCap(configuration, 'attn_logit_softcapping', 'capped attention scores in Gemma 3');
  const maxPositions = configuration.count('max_position_embeddings', 131072);
  // transformers 5 keeps both ropes in "rope_parameters"; before, that of the windows had a field of its own and was never scaled.
  const fields = configuration.nested('rope_parameters');
  const theta = {
    full_attention: configuration.positive('rope_theta', 1e6),
    sliding_attention: configuration.positive('rope_local_base_freq', 1e4),
  };
  const older = configuration.nested('rope_scaling');
  const scaling = {
    full_attention: fields?.nested('full_attention')?.updatedWith(older) ?? older,
    sliding_attention: fields?.nested('sliding_attention'),
  };
  const pattern = configuration.count('sliding_window_pattern', 6);
  configuration.ignore('_sliding_window_pattern');
  return gemmaFamily(configuration, tensors, {
    vocabulary: 262208,
    norms: 'heads',
    scoreCap: undefined,
    logitCap: readCap(configuration, 'final_logit_softcapping', undefined),
    windowAt: (layer) => (layer + 1) % pattern !== 0,
    ropeOf: (type, width) => readRope(scaling[type], { width, maxPositions, theta: theta[type] }),
    ...naming,
  });
}

function refuseCap(configuration: Configuration, field: string, what: string): void {
  if (configuration.has(field)) configuration.reject(field, `: ${what} are not supported; supported: null`);
}
