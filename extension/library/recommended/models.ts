/** A model that is worth recommending. */
export interface RecommendableModel {
  /** "organisation/name" of the hub. */
  readonly id: string;
  readonly licence: string;
  /** Its owner wants to be asked on its page first. */
  readonly gated?: boolean;
  /** What it was trained on: English above all, or many languages. */
  readonly languages: 'english' | 'many';
  /** What a download fetches, about. */
  readonly bytes: number;
  /** One line for somebody who has never heard of it; continues "good for". */
  readonly goodFor: string;
  /** The fields of its config.json that its size, memory and time follow from. */
  readonly configuration: Readonly<Record<string, string | number | boolean>>;
}

/**
 * The models that Tune Prompt and the Models view recommend from, the weaker ones first: safetensors with a tokenizer.json, known to tune
 * well. Change this list freely; memory and time follow from `configuration`.
 */
export const recommendableModels: readonly RecommendableModel[] = [
  {
    id: 'google/flan-t5-small',
    licence: 'Apache-2.0',
    languages: 'english',
    bytes: 307867048,
    goodFor: "long texts on small machines; the paper's own kind of model (T5)",
    configuration: {
      model_type: 't5',
      d_model: 512,
      d_ff: 1024,
      d_kv: 64,
      num_layers: 8,
      num_decoder_layers: 8,
      num_heads: 6,
      vocab_size: 32128,
      feed_forward_proj: 'gated-gelu',
      tie_word_embeddings: false,
      relative_attention_num_buckets: 32,
    },
  },
  {
    id: 'HuggingFaceTB/SmolLM2-135M-Instruct',
    licence: 'Apache-2.0',
    languages: 'english',
    bytes: 269060552,
    goodFor: 'English, and a first real result within minutes',
    configuration: {
      model_type: 'llama',
      hidden_size: 576,
      intermediate_size: 1536,
      num_hidden_layers: 30,
      num_attention_heads: 9,
      num_key_value_heads: 3,
      vocab_size: 49152,
      max_position_embeddings: 8192,
      rope_theta: 100000,
      tie_word_embeddings: true,
    },
  },
  {
    id: 'google/gemma-3-270m-it',
    licence: 'Gemma',
    gated: true,
    languages: 'many',
    bytes: 536223056,
    goodFor: 'many languages in little memory',
    configuration: {
      model_type: 'gemma3_text',
      hidden_size: 640,
      intermediate_size: 2048,
      num_hidden_layers: 18,
      num_attention_heads: 4,
      num_key_value_heads: 1,
      head_dim: 256,
      vocab_size: 262144,
      max_position_embeddings: 32768,
      query_pre_attn_scalar: 256,
      sliding_window: 512,
    },
  },
  {
    id: 'google/flan-t5-base',
    licence: 'Apache-2.0',
    languages: 'english',
    bytes: 990345061,
    goodFor: "classification and short answers; the paper's own kind of model (T5)",
    configuration: {
      model_type: 't5',
      d_model: 768,
      d_ff: 2048,
      d_kv: 64,
      num_layers: 12,
      num_decoder_layers: 12,
      num_heads: 12,
      vocab_size: 32128,
      feed_forward_proj: 'gated-gelu',
      tie_word_embeddings: false,
      relative_attention_num_buckets: 32,
    },
  },
  {
    id: 'HuggingFaceTB/SmolLM2-360M-Instruct',
    licence: 'Apache-2.0',
    languages: 'english',
    bytes: 723674912,
    goodFor: 'English, with better answers than the 135M at two to three times its time',
    configuration: {
      model_type: 'llama',
      hidden_size: 960,
      intermediate_size: 2560,
      num_hidden_layers: 32,
      num_attention_heads: 15,
      num_key_value_heads: 5,
      vocab_size: 49152,
      max_position_embeddings: 8192,
      rope_theta: 100000,
      tie_word_embeddings: true,
    },
  },
  {
    id: 'Qwen/Qwen2.5-0.5B-Instruct',
    licence: 'Apache-2.0',
    languages: 'many',
    bytes: 988097824,
    goodFor: '29 languages, code and lists; a strong model of its size',
    configuration: {
      model_type: 'qwen2',
      hidden_size: 896,
      intermediate_size: 4864,
      num_hidden_layers: 24,
      num_attention_heads: 14,
      num_key_value_heads: 2,
      vocab_size: 151936,
      max_position_embeddings: 32768,
      rope_theta: 1000000,
      tie_word_embeddings: true,
    },
  },
  {
    id: 'Qwen/Qwen2.5-1.5B-Instruct',
    licence: 'Apache-2.0',
    languages: 'many',
    bytes: 3087467144,
    goodFor: '29 languages; difficult tasks, where minutes a step are no matter',
    configuration: {
      model_type: 'qwen2',
      hidden_size: 1536,
      intermediate_size: 8960,
      num_hidden_layers: 28,
      num_attention_heads: 12,
      num_key_value_heads: 2,
      vocab_size: 151936,
      max_position_embeddings: 32768,
      rope_theta: 1000000,
      tie_word_embeddings: true,
    },
  },
  {
    id: 'HuggingFaceTB/SmolLM2-1.7B-Instruct',
    licence: 'Apache-2.0',
    languages: 'english',
    bytes: 3422777952,
    goodFor: 'English; difficult tasks on a machine with much memory',
    configuration: {
      model_type: 'llama',
      hidden_size: 2048,
      intermediate_size: 8192,
      num_hidden_layers: 24,
      num_attention_heads: 32,
      num_key_value_heads: 32,
      vocab_size: 49152,
      max_position_embeddings: 8192,
      rope_theta: 130000,
      tie_word_embeddings: true,
    },
  },
];
