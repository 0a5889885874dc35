import { seededRandom } from '../../datasets/random';
import type {
  Generation,
  GenerationOptions,
  GenerationRequest,
  GenerationSession,
  GenerationSessionOptions,
} from '../frozenModel';
import { noPlaceBehind } from '../frozenPrefix/promptPlace';
import type { LanguageModel } from '../languageModel';
import { openCausalDecoder } from './causalDecoder';
import type { Decoder } from './decoder';
import { Draft } from './draft';
import { openEncoderDecoder } from './encoderDecoder';
import { checkSampling, drawToken, likeliest, logProbability } from './sampling';

/** What of the model around the network is needed. */
export interface Words {
  /** Rows of the input embedding matrix, [ids.length, D]. */
  readonly embeddings: (ids: readonly number[]) => Promise<Float32Array>;
  readonly decode: (ids: readonly number[]) => string;
  /** Tokens that end a text. */
  readonly endTokens: readonly number[];
}

/** Opens a network for writing texts. */
export async function openGenerationSession(
  network: LanguageModel,
  words: Words,
  { promptLength, promptPerRequest = false, promptBehindText = false, ...options }: GenerationSessionOptions,
): Promise<GenerationSession> {
  const { continuation } = network;
  const common = { ...options, promptLength, promptPerRow: promptPerRequest && promptLength > 0 };
  if (promptBehindText && continuation.kind !== 'causal') throw new Error(noPlaceBehind);
  const decoder =
    continuation.kind === 'causal'
      ? await openCausalDecoder(network, continuation, { ...common, promptBehindText, embed: words.embeddings })
      : await openEncoderDecoder(network, continuation, common);

  return {
    async generate(prompt, requests, generationOptions) {
      const size = promptLength * network.width * (common.promptPerRow ? requests.length : 1);
      if (prompt.length !== size)
        throw new RangeError(`the prompt has ${prompt.length} numbers, ${size} were expected`);
      checkOptions(generationOptions);
      const room = requests.map((request) => roomFor(request, network, promptLength));
      if (requests.length === 0) return [];
      return write(decoder, prompt, requests, room, { words, options: generationOptions });
    },
    release: () => decoder.release(),
  };
}

interface Writing {
  readonly words: Words;
  readonly options: GenerationOptions;
}

/** Writes all texts token by token; a text that has ended leaves the batch. */
async function write(
  decoder: Decoder,
  prompt: Float32Array,
  requests: readonly GenerationRequest[],
  room: readonly number[],
  { words, options }: Writing,
): Promise<Generation[]> {
  const { maxNewTokens, stopWords = [], sampling, onToken, signal } = options;
  signal?.throwIfAborted();
  const { endTokens, decode } = words;
  const drafts = room.map((most) => new Draft(Math.min(maxNewTokens, most), { endTokens, stopWords, decode }));
  // Each text has random numbers of its own: what is drawn for one does not hang on the others.
  const random = drafts.map((_, request) => seededRandom(sampling?.seed ?? 0, 'generation', request));
  let decoding = await decoder.read(prompt, requests);
  // The request of each row.
  let open = [...drafts.keys()];
  for (;;) {
    const tokens = open.map((request, row) => {
      const logits = decoding.logits[row]!;
      const id = sampling === undefined ? likeliest(logits) : drawToken(logits, sampling, random[request]!);
      drafts[request]!.accept(id, logProbability(logits, id));
      onToken?.(request, id);
      return id;
    });
    const rows = [...open.keys()].filter((row) => drafts[open[row]!]!.stopped === undefined);
    if (rows.length === 0) return drafts.map((draft) => draft.generation());
    signal?.throwIfAborted();
    open = rows.map((row) => open[row]!);
    decoding = await decoding.next(
      rows,
      rows.map((row) => tokens[row]!),
    );
  }
}

/** How many tokens a text may grow by. @throws RangeError for an input that cannot be read. */
function roomFor({ inputIds }: GenerationRequest, network: LanguageModel, promptLength: number): number {
  const unknown = inputIds.find((id) => !Number.isInteger(id) || id < 0 || id >= network.vocabulary);
  if (unknown !== undefined)
    throw new RangeError(`token id ${unknown} is not in the model's vocabulary of ${network.vocabulary}`);
  const { continuation } = network;
  // An encoder-decoder writes into a sequence of its own; the last token that it writes it need not read.
  if (continuation.kind === 'encoder-decoder')
    return continuation.limit - (continuation.forcedToken === undefined ? 0 : 1);
  const read = promptLength + inputIds.length;
  if (read === 0) throw new RangeError('a request has neither a prompt nor an input token to go on from');
  if (read >= network.maxPositions)
    throw new RangeError(
      `an input has ${read} tokens, the prompt's among them; the model was made for ${network.maxPositions}, which leaves no room to write`,
    );
  return network.maxPositions - read;
}

function checkOptions({ maxNewTokens, stopWords = [], sampling }: GenerationOptions): void {
  if (!Number.isInteger(maxNewTokens) || maxNewTokens < 1)
    throw new RangeError(`at most ${maxNewTokens} new tokens: it must be a whole number from 1`);
  if (stopWords.includes('')) throw new RangeError('an empty stop word would stop every text at once');
  if (sampling !== undefined) checkSampling(sampling);
}
