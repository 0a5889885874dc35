import type { FrozenTensors } from './frozenTensors';
import { ModelError } from './modelError';
import type { Weights } from './weights';

/** Stored tensors that no graph uses, for one reason. */
interface Group {
  readonly reason: Reason;
  readonly names: readonly string[];
}

interface Reason {
  /** Whether the model that was trained computes with it: then a graph without it is another model. */
  readonly matters: boolean;
  /** What these tensors are, as a group. */
  readonly what: string;
}

const matters = (what: string): Reason => ({ matters: true, what });
const harmless = (what: string): Reason => ({ matters: false, what });

const adapter = matters(
  'of an adapter (LoRA and its kind), whose weights have to be merged into the model ("merge_and_unload" of PEFT)',
);
const quantised = matters(
  'of quantised weights (GPTQ, AWQ, bitsandbytes, FP8 and the like), which are not read; use the unquantised model, or a GGUF file',
);
const beyond = matters(
  'of layers beyond those that config.json counts, so either the weights or the configuration is that of another model',
);
const inLayer = matters('in layers that are computed, to which config.json gives no such part');
const beside = matters(
  'beside a weight that is used, such as a bias that config.json does not switch on (compare "attention_bias", "mlp_bias")',
);
const twice = matters('that are stored a second time under another name');
const entrance = matters(
  'like embeddings, norms or a head of the language model, which the architecture does not have',
);
const buffers = harmless('buffers that are computed anew');
const otherParts = harmless('other heads, and towers for images and sound');
const extraPrediction = harmless('layers that predict several tokens at once');
const unknown = harmless('tensors that neither this program nor transformers knows in this architecture');

const adapterParts =
  /(^|\.)(lora_[A-Z]\w*|lora_embedding_[AB]|lora_magnitude_vector|base_layer|modules_to_save|ia3_l|hada_w\w*|lokr_w\w*|oft_\w+)(\.|$)/;
const quantisedParts =
  /(\.|_)(qweight|qzeros|scales|g_idx|weight_scale(_inv|_2)?|weight_scales|weight_zero_point|weight_packed|weight_shape|weight_scale_and_zero_point|weight_global_scale|input_scale|input_scale_ub|activation_scale|output_scale|k_scale|v_scale|absmax|quant_map|nested_absmax|nested_quant_map|SCB|weight_format|zeros|biases|_blocks|_scales)$|\.quant_state\.|\.input_quantizer|\.weight_quantizer/;
const bufferParts =
  /(^|\.)(rotary_emb\.\w+|position_ids|token_type_ids|num_batches_tracked|embed_positions\._float_tensor|(en|de)coder\.version|version)$/;
/** GPT-2 and its kin have stored their causal mask, [1, 1, positions, positions], and the number that stands for "masked". */
const causalMask = /(^|\.)(attn|attention|crossattention)\.(bias|masked_bias)$/;
const partsBesideTheModel =
  /^(score|classifier|classification_head|qa_outputs|multiple_choice_head|regression_head|summary|v_head|value_head|reward_head|pooler|pre_classifier|projection|vision_\w+|visual|image_\w+|audio_\w+|multi_modal_projector|mm_\w+|embed_vision|embed_audio)(\.|$)/;
const severalTokens = /(^|\.)(mtp\w*|medusa_heads?|eagle\w*|nextn)(\.|$)/;
const severalTokensInLayer = /\.(eh_proj|enorm|hnorm|shared_head|embed_tokens)(\.|$)/;
const entrances =
  /(^|[._])(embed\w*|wte\w*|wpe\w*|ln\w*|norm\w*|layernorm\w*|lm_head|embed_out|shared|final_logits_bias|project_(in|out))(\.|$)/i;

/**
 * Refuses what is no plain checkpoint, before a network asks for tensors that such a file does not have.
 * @throws ModelError that names the tensors of an adapter or of quantised weights.
 */
export function refuseForeign(weights: Weights): void {
  const groups = grouped(weights.names, (name) =>
    adapterParts.test(name) ? adapter : quantisedParts.test(name) ? quantised : undefined,
  );
  if (groups.length > 0) throw new ModelError(refusal(weights.folder, groups));
}

/**
 * Looks at every tensor that a checkpoint stores and its graph does not use. Those that the stored model would compute with are an error; the
 * others are named in notes: how many, what they are, and the first of them.
 *
 * @param tensors after the network has asked for its tensors.
 * @throws ModelError that names them, those that matter most first.
 */
export function unusedTensors(weights: Weights, tensors: FrozenTensors): string[] {
  const used = tensors.usedNames;
  const judge = judgeOf(weights, tensors, used);
  const groups = grouped(weights.names, (name) => (used.has(name) ? undefined : judge(name)));
  const serious = groups.filter(({ reason }) => reason.matters);
  if (serious.length > 0) throw new ModelError(refusal(weights.folder, serious));
  return groups.map(({ reason, names }) => `${counted(names)} not used: ${reason.what} (${listed(names)}).`);
}

/** Names by their reason, without those that have none; the largest group first. */
function grouped(names: readonly string[], reasonOf: (name: string) => Reason | undefined): Group[] {
  const groups = new Map<Reason, string[]>();
  for (const name of names) {
    const reason = reasonOf(name);
    if (reason !== undefined) groups.set(reason, [...(groups.get(reason) ?? []), name]);
  }
  return [...groups].map(([reason, each]) => ({ reason, names: each })).sort((a, b) => b.names.length - a.names.length);
}

/** Names the reason for each tensor that is not used; the first rule that fits counts. */
function judgeOf(weights: Weights, tensors: FrozenTensors, used: ReadonlySet<string>): (name: string) => Reason {
  const layers = layersOf(used);
  const modules = new Set([...used].map(parentOf));
  const otherNames = new Set([...used].flatMap((name) => tensors.spellingsOf(name)));
  return (name) => {
    const ours = tensors.withoutBase(name);
    const rank = weights.rankOf(name);
    if (bufferParts.test(name) || tensors.mayLack(name)) return buffers;
    if (causalMask.test(name) && rank !== 1) return buffers;
    if (otherNames.has(name)) return twice;
    if (severalTokens.test(name)) return extraPrediction;
    const layer = layerOf(name);
    const count = layer === undefined ? undefined : layers.get(layer.stack);
    if (layer !== undefined && count !== undefined) {
      if (layer.index < count) return inLayer;
      const whole = weights.names.filter((each) => each.startsWith(`${layer.stack}${layer.index}.`));
      return whole.some((each) => severalTokensInLayer.test(each)) ? extraPrediction : beyond;
    }
    if (partsBesideTheModel.test(ours)) return otherParts;
    if (modules.has(parentOf(name))) return beside;
    return entrances.test(ours) ? entrance : unknown;
  };
}

/** The first number in a name and what stands before it: "model.layers.", 3. */
function layerOf(name: string): { readonly stack: string; readonly index: number } | undefined {
  const found = /^(.*?\.)?(\d+)\./.exec(name);
  return found === null ? undefined : { stack: found[1] ?? '', index: Number(found[2]) };
}

/** How many layers of each stack are used. */
function layersOf(used: Iterable<string>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of used) {
    const layer = layerOf(name);
    if (layer !== undefined) counts.set(layer.stack, Math.max(counts.get(layer.stack) ?? 0, layer.index + 1));
  }
  return counts;
}

function parentOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf('.')));
}

function refusal(folder: string, groups: readonly Group[]): string {
  const parts = groups.map(
    ({ reason, names }) =>
      `${names.length === 1 ? '1 tensor' : `${names.length} tensors`} ${reason.what}: ${listed(names)}.`,
  );
  return (
    `${folder}: the weights hold tensors that would not be computed, so this would not be the model that was trained. ` +
    `${parts.join(' ')} If they change nothing, save the model again with transformers, which leaves them out.`
  );
}

function counted(names: readonly string[]): string {
  return names.length === 1 ? '1 tensor is' : `${names.length} tensors are`;
}

const mostListed = 4;

function listed(names: readonly string[]): string {
  const first = names.slice(0, mostListed).map((name) => `"${name}"`);
  return first.join(', ') + (names.length > mostListed ? ` and ${names.length - mostListed} more` : '');
}
