import { silu } from '../../graph/composites/activations';
import { rmsNorm } from '../../graph/composites/normalization';
import { rotary } from '../../graph/composites/rotary';
import { input } from '../../graph/leaves';
import { linear } from '../../graph/operators/contraction';
import { add, mul } from '../../graph/operators/elementwise';
import type { Feed } from '../../graph/session';
import { type Value, scope } from '../../graph/value';
import { causalAttention } from '../causalAttention';
import { causalFeeds } from '../causalBatch';
import { type CausalLayout, type Span, causalLayout, embedRows } from '../causalLayout';
import type { Configuration } from '../configuration';
import type { FrozenTensors } from '../frozenTensors';
import type { LanguageModel } from '../languageModel';

/**
 * The Llama family: Touvron et al. 2023, section 2.2 (pre-normalisation with RMS norm, SwiGLU, rotary positions), with
 * grouped-query attention (Ainslie et al. 2023) and a head that may be tied to the embeddings. Tensor names are those of
 * Hugging Face checkpoints.
 */
export function llama(configuration: Configuration, tensors: FrozenTensors): LanguageModel {
  const c = readConfiguration(configuration);
  const w = readWeights(c, tensors);
  return {
    kind: 'causal',
    width: c.width,
    layers: c.layers,
    heads: c.heads,
    vocabulary: c.vocabulary,
    maxPositions: c.maxPositions,
    parameters: tensors.parameters,
    endToken: c.endToken,
    embeddings: tensors.place(embeddingName, [c.vocabulary, c.width]),
    targetLogits: (prompt) => targetLogits(c, w, prompt),
    feeds(examples, promptLength, promptPerRow) {
      const { feeds, sequence } = causalFeeds(examples, promptLength, promptPerRow, c.maxPositions);
      return { ...feeds, ...rotaryTables(sequence, c.headWidth, c.ropeTheta) };
    },
  };
}

type LlamaConfiguration = ReturnType<typeof readConfiguration>;

function readConfiguration(configuration: Configuration) {
  const width = configuration.count('hidden_size');
  const heads = configuration.count('num_attention_heads');
  const groups = configuration.count('num_key_value_heads', heads);
  const headWidth = configuration.count('head_dim', width / heads);
  if (heads % groups !== 0)
    configuration.reject('num_key_value_heads', `, it must divide the ${heads} attention heads`);
  if (headWidth % 2 !== 0) configuration.reject('head_dim', `, it must be even for rotary positions`);
  configuration.choice('hidden_act', ['silu'], 'silu');
  configuration.refuse('attention_bias', false, 'attention with biases');
  configuration.refuse('mlp_bias', false, 'a feed-forward network with biases');
  // transformers 5 keeps both in "rope_parameters"; before, they were "rope_theta" and "rope_scaling".
  const rope = configuration.nested('rope_parameters') ?? configuration.nested('rope_scaling');
  rope?.choice(rope.has('type') ? 'type' : 'rope_type', ['default'], 'default');
  (rope ?? configuration).refuse('partial_rotary_factor', 1, 'turning a part of each head only');
  return {
    width,
    heads,
    groups,
    headWidth,
    innerWidth: configuration.count('intermediate_size'),
    layers: configuration.count('num_hidden_layers'),
    vocabulary: configuration.count('vocab_size'),
    maxPositions: configuration.count('max_position_embeddings', 2048),
    epsilon: configuration.positive('rms_norm_eps', 1e-6),
    ropeTheta: (rope?.has('rope_theta') ? rope : configuration).positive('rope_theta', 10000),
    tied: configuration.flag('tie_word_embeddings', false),
    endToken: configuration.tokenId('eos_token_id'),
  };
}

const embeddingName = 'model.embed_tokens.weight';

function readWeights(c: LlamaConfiguration, tensors: FrozenTensors) {
  const embeddings = tensors.tensor(embeddingName, [c.vocabulary, c.width]);
  return {
    embeddings,
    layers: Array.from({ length: c.layers }, (_, i) => readLayer(c, tensors, `model.layers.${i}`)),
    norm: tensors.tensor('model.norm.weight', [c.width]),
    head: c.tied ? embeddings : tensors.tensor('lm_head.weight', [c.vocabulary, c.width]),
  };
}

type LlamaWeights = ReturnType<typeof readWeights>;
type LayerWeights = LlamaWeights['layers'][number];

function readLayer(c: LlamaConfiguration, tensors: FrozenTensors, name: string) {
  const tensor = (part: string, ...shape: number[]): Value => tensors.tensor(`${name}.${part}.weight`, shape);
  return {
    attentionNorm: tensor('input_layernorm', c.width),
    query: tensor('self_attn.q_proj', c.heads * c.headWidth, c.width),
    key: tensor('self_attn.k_proj', c.groups * c.headWidth, c.width),
    value: tensor('self_attn.v_proj', c.groups * c.headWidth, c.width),
    output: tensor('self_attn.o_proj', c.width, c.heads * c.headWidth),
    feedForwardNorm: tensor('post_attention_layernorm', c.width),
    gate: tensor('mlp.gate_proj', c.innerWidth, c.width),
    up: tensor('mlp.up_proj', c.innerWidth, c.width),
    down: tensor('mlp.down_proj', c.width, c.innerWidth),
  };
}

/** Rotary tables of all positions, [sequence, headWidth / 2] each. */
interface Rotary {
  readonly cosine: Value;
  readonly sine: Value;
}

/** Logits at the target positions, [targets, V]. Nothing reads the last layer elsewhere, so only they ask there. */
function targetLogits(c: LlamaConfiguration, w: LlamaWeights, prompt: Value | undefined): Value {
  const layout = causalLayout(prompt);
  const table = (name: string): Value => input(name, 'float', [layout.sequence, c.headWidth / 2]);
  const rotations = { cosine: table('cosine'), sine: table('sine') };
  let x = embedRows(w.embeddings, prompt);
  for (const [i, layer] of w.layers.entries()) {
    const last = i === w.layers.length - 1;
    x = scope(`layers.${i}`, () =>
      last
        ? block(c, layer, x, layout, rotations, [layout.targets], layout.atTargets)
        : block(c, layer, x, layout, rotations, layout.spans, (all) => all),
    );
  }
  return linear(layout.withoutPadding(rmsNorm(x, w.norm, c.epsilon)), w.head);
}

/** One layer: x [rows, D] -> the rows that ask, [asking, D]. `asking` are their spans, `pick` takes them from all rows. */
function block(
  c: LlamaConfiguration,
  w: LayerWeights,
  x: Value,
  layout: CausalLayout,
  rotations: Rotary,
  asking: readonly Span[],
  pick: (x: Value) => Value,
): Value {
  const normed = rmsNorm(x, w.attentionNorm, c.epsilon);
  const y = add(pick(x), selfAttention(c, w, normed, layout, rotations, asking, pick(normed)));
  return add(y, feedForward(w, rmsNorm(y, w.feedForwardNorm, c.epsilon)));
}

/** Attention of the rows in `queries` [asking, D] to all rows in `x` [rows, D] that stand before them: [asking, D]. */
function selfAttention(
  c: LlamaConfiguration,
  w: LayerWeights,
  x: Value,
  layout: CausalLayout,
  { cosine, sine }: Rotary,
  asking: readonly Span[],
  queries: Value,
): Value {
  const attended = causalAttention(layout, asking, linear(queries, w.query), linear(x, w.key), linear(x, w.value), {
    ...{ heads: c.heads, groups: c.groups, headWidth: c.headWidth },
    scale: c.headWidth ** -0.5,
    turn: (span, y) => rotary(y, span.atPositions(cosine), span.atPositions(sine)),
  });
  return linear(attended, w.output);
}

/** SwiGLU: Shazeer 2020, equation 6. */
function feedForward(w: LayerWeights, x: Value): Value {
  return linear(mul(silu(linear(x, w.gate)), linear(x, w.up)), w.down);
}

/** cos and sin of position * theta^(-2i / width), [length, width / 2] each: Su et al. 2021, equation 15. */
function rotaryTables(length: number, width: number, theta: number): Record<'cosine' | 'sine', Feed> {
  const half = width / 2;
  const angle = (index: number): number => Math.floor(index / half) * theta ** (-(index % half) / half);
  const shape = [length, half];
  const table = (f: (angle: number) => number): Feed => ({
    data: Float64Array.from({ length: length * half }, (_, index) => f(angle(index))),
    shape,
  });
  return { cosine: table(Math.cos), sine: table(Math.sin) };
}
