import { input } from '../../graph/leaves';
import { linear } from '../../graph/operators/contraction';
import { add } from '../../graph/operators/elementwise';
import { gather } from '../../graph/operators/indexing';
import { slice } from '../../graph/operators/shaping';
import { sumOf } from '../../graph/dimension';
import type { Value } from '../../graph/value';
import { readActivation } from '../activationFunctions';
import type { Configuration } from '../configuration';
import { readAttention } from '../encoderDecoderAttention';
import { type AttentionPart, type EncoderBlock, type Stack, encoderDecoderModel } from '../encoderDecoderModel';
import type { FrozenTensors } from '../frozenTensors';
import type { LanguageModel } from '../languageModel';
import { normalise, project, readLayerNorm, readLinear } from '../modules';

/**
 * BART: Lewis et al. 2020, section 2. Learned positions in encoder and decoder, a layer norm on the embeddings and behind every part, biases
 * everywhere, a tied head with a bias that is not learned. The decoder begins with the end token, and every text with the begin token, which
 * `forced_bos_token_id` names. The soft prompt stands in front of the encoder's input. Tensor names are those of Hugging Face checkpoints.
 */
export function bart(configuration: Configuration, tensors: FrozenTensors): LanguageModel {
  const c = readConfiguration(configuration);
  const w = readWeights(c, tensors);
  const { width, vocabulary, maxPositions, startToken, forcedToken, endToken, embeddingScale } = c;
  return encoderDecoderModel(
    {
      ...{ width, vocabulary, maxPositions, startToken, forcedToken, endToken, embeddingScale, bounded: true },
      heads: c.encoder.heads,
      embeddings: tensors.place(textEmbeddings, [vocabulary, width]),
      encoder: {
        ...w.encoder,
        enter: (x, first) => w.encoder.enter(x, slice(w.encoder.positions, 0, first, sumOf(first, x.shape[1]!))),
        tables: () => ({}),
      },
      decoder: {
        ...w.decoder,
        enter: (x) => w.decoder.enter(x, gather(w.decoder.positions, input(positionTable, 'int64', [x.shape[1]!]))),
        tables: (positions) => ({ [positionTable]: { data: positions, shape: [positions.length] } }),
      },
      head: (x) => (w.headBias === undefined ? linear(x, w.head) : add(linear(x, w.head), w.headBias)),
    },
    tensors,
  );
}

/** torch's default, which BART leaves as it is. */
const epsilon = 1e-5;
/** The tables of positions begin with rows for padding that nothing uses. */
const unusedPositions = 2;
/** Where the decoder's tokens stand. */
const positionTable = 'decoderPositions';
/** What the encoder reads its text by, and so what a prompt in front of it stands beside. */
const textEmbeddings = 'model.encoder.embed_tokens.weight';
const head = 'lm_head.weight';
const headBias = 'final_logits_bias';

type BartConfiguration = ReturnType<typeof readConfiguration>;

function readConfiguration(configuration: Configuration) {
  configuration.refuse('is_encoder_decoder', true, 'half of an encoder-decoder');
  const width = configuration.count(configuration.nameOf('d_model', 'hidden_size'));
  const stack = (name: 'encoder' | 'decoder', layers: string, heads: string) => {
    const count = configuration.count(heads, 16);
    if (width % count !== 0) configuration.reject(heads, `, it must divide the width, ${width}`);
    return {
      layers: configuration.count(layers, 12),
      heads: count,
      innerWidth: configuration.count(`${name}_ffn_dim`, 4096),
    };
  };
  // What transformers reads no more, and what only training knows.
  configuration.ignore('normalize_before', 'normalize_embedding', 'add_bias_logits', 'add_final_layer_norm');
  configuration.ignore('static_position_embeddings', 'extra_pos_embeddings', 'encoder_layerdrop', 'decoder_layerdrop');
  configuration.ignore('classif_dropout', 'save_step');
  return {
    width,
    encoder: stack(
      'encoder',
      configuration.nameOf('encoder_layers', 'num_hidden_layers'),
      configuration.nameOf('encoder_attention_heads', 'num_attention_heads'),
    ),
    decoder: stack('decoder', 'decoder_layers', 'decoder_attention_heads'),
    vocabulary: configuration.count('vocab_size'),
    maxPositions: configuration.count('max_position_embeddings', 1024),
    activation: readActivation(configuration, 'activation_function', 'gelu'),
    embeddingScale: configuration.flag('scale_embedding', false) ? Math.sqrt(width) : 1,
    tied: configuration.flag('tie_word_embeddings', true),
    startToken: configuration.tokenId('decoder_start_token_id') ?? 2,
    forcedToken: readForcedToken(configuration),
    endToken: configuration.tokenId('eos_token_id') ?? 2,
  };
}

/**
 * The token that every written text begins with; files of transformers 3 say only that it is the begin token, which counts where no
 * generation_config.json lies beside them.
 */
function readForcedToken(configuration: Configuration): number | undefined {
  const { forGeneration } = configuration;
  configuration.ignore('forced_bos_token_id');
  const forced = forGeneration.tokenId('forced_bos_token_id');
  const begin = configuration.flag('force_bos_token_to_be_generated', false) && forGeneration === configuration;
  return forced ?? (begin ? (configuration.tokenId('bos_token_id') ?? 0) : undefined);
}

function readWeights(c: BartConfiguration, tensors: FrozenTensors) {
  tensors.readNames({ base: 'model' });
  // One matrix in four places, of which a file may hold any, and more than one.
  tensors.tie(['model.shared.weight', textEmbeddings, 'model.decoder.embed_tokens.weight', head], c.tied ? [] : [head]);
  const matrix = (name: string): Value => tensors.tensor(name, [c.vocabulary, c.width]);
  return {
    encoder: readStack(c, tensors, 'encoder', (layer) => ({
      self: attentionPart(c, tensors, 'encoder', layer, 'self_attn'),
      feedForward: feedForward(c, tensors, 'encoder', layer),
    })),
    decoder: readStack(c, tensors, 'decoder', (layer) => ({
      self: attentionPart(c, tensors, 'decoder', layer, 'self_attn'),
      cross: attentionPart(c, tensors, 'decoder', layer, 'encoder_attn'),
      feedForward: feedForward(c, tensors, 'decoder', layer),
    })),
    head: matrix(head),
    headBias: tensors.has(headBias) ? tensors.tensor(headBias, [1, c.vocabulary]) : undefined,
  };
}

/** What both stacks have; `enter` adds rows of positions, [tokens, D], and normalises. */
function readStack<Block>(
  c: BartConfiguration,
  tensors: FrozenTensors,
  name: 'encoder' | 'decoder',
  block: (layer: string) => Block,
) {
  const prefix = `model.${name}`;
  const norm = readLayerNorm(tensors, `${prefix}.layernorm_embedding`, c.width);
  const table = tensors.tensor(`${prefix}.embed_positions.weight`, [c.maxPositions + unusedPositions, c.width]);
  return {
    embeddings: tensors.tensor(`${prefix}.embed_tokens.weight`, [c.vocabulary, c.width]),
    positions: slice(table, 0, unusedPositions),
    enter: (x: Value, positions: Value): Value => normalise(add(x, positions), norm, epsilon),
    blocks: Array.from({ length: c[name].layers }, (_, i) => block(`${prefix}.layers.${i}`)),
    bias: (mask: Value): Value => mask,
    leave: (x: Value): Value => x,
  } satisfies Omit<Stack<Block>, 'enter' | 'tables'> & Record<string, unknown>;
}

/** Attention in front of a norm over the sum. */
function attentionPart(
  c: BartConfiguration,
  tensors: FrozenTensors,
  stack: 'encoder' | 'decoder',
  layer: string,
  name: string,
): AttentionPart {
  const norm = readLayerNorm(tensors, `${layer}.${name}_layer_norm`, c.width);
  const [heads, headWidth] = [c[stack].heads, c.width / c[stack].heads];
  const names = (['q_proj', 'k_proj', 'v_proj', 'out_proj'] as const).map((map) => `${layer}.${name}.${map}`);
  return {
    attention: readAttention(
      { width: c.width, heads, headWidth, scale: headWidth ** -0.5 },
      tensors,
      names as [string, string, string, string],
      true,
    ),
    read: (x) => x,
    join: (x, attended) => normalise(add(x, attended), norm, epsilon),
  };
}

/** The feed-forward network in front of a norm over the sum. */
function feedForward(
  c: BartConfiguration,
  tensors: FrozenTensors,
  stack: 'encoder' | 'decoder',
  layer: string,
): EncoderBlock['feedForward'] {
  const norm = readLayerNorm(tensors, `${layer}.final_layer_norm`, c.width);
  const inward = readLinear(tensors, `${layer}.fc1`, [c[stack].innerWidth, c.width], true);
  const outward = readLinear(tensors, `${layer}.fc2`, [c.width, c[stack].innerWidth], true);
  return (x) => normalise(add(x, project(c.activation(project(x, inward)), outward)), norm, epsilon);
}
