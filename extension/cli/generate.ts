import { resolve } from 'node:path';
import type { FrozenModel, GenerationOptions } from '../engine/models/frozenModel';
import { checkFits } from '../engine/prompts/checkFits';
import { readStoredPrompt, type StoredPrompt } from '../engine/prompts/storedPrompt';
import { tailTokensOf } from '../engine/tasks/tail';
import { openNamedModel } from '../trainer/jobs/namedModel';
import { parseWords, printJson, UsageError, type Command } from './command';

/** Writes on behind a text, in this process and on the CPU. */
export const generate: Command = {
  name: 'generate',
  usage:
    'generate MODEL --text TEXT [--prompt PROMPT] [--tail TEXT] [--max-tokens N] [--temperature T] [--top-k K] [--top-p P] ' +
    '[--seed S] [--stop WORD] [--json]',
  summary:
    'Writes on behind TEXT (several: --text again) with a model folder or "bundled", and with the soft prompt PROMPT where it was learned, such as a ' +
    'checkpoint folder. A prompt with the position infix stands between TEXT and --tail, the end of its template. At most N tokens, 64 by default, up to the end token or the first stop WORD. Greedy, unless T, K, P or S is given.',
  async run(words, resources) {
    const { values, positionals } = parseWords(
      words,
      this.usage,
      {
        text: { type: 'string', multiple: true },
        prompt: { type: 'string' },
        tail: { type: 'string' },
        'max-tokens': { type: 'string' },
        temperature: { type: 'string' },
        'top-k': { type: 'string' },
        'top-p': { type: 'string' },
        seed: { type: 'string' },
        stop: { type: 'string', multiple: true },
        json: { type: 'boolean' },
      },
      1,
    );
    const { text: texts } = values;
    if (texts === undefined)
      throw new UsageError(`give the text to go on from: --text TEXT. Usage: softprompt ${this.usage}`);
    const [temperature, topK, topP, seed, most] = (
      ['temperature', 'top-k', 'top-p', 'seed', 'max-tokens'] as const
    ).map((name) => numberOf(name, values[name]));
    const sampled = [temperature, topK, topP, seed].some((each) => each !== undefined);
    const options: GenerationOptions = {
      maxNewTokens: most ?? 64,
      stopWords: values.stop,
      ...(sampled ? { sampling: { temperature: temperature ?? 1, topK, topP, seed: seed ?? 0 } } : {}),
    };
    const model = await openNamedModel(positionals[0] ?? '', process.cwd(), resources);
    const stored = values.prompt === undefined ? undefined : await readPrompt(values.prompt, model);
    const prompt = stored?.prompt ?? new Float32Array(0);
    const position = stored?.learnedOn?.position;
    const { tail = '' } = values;
    if (tail !== '' && position !== 'infix')
      throw new UsageError('--tail is for prompts with the position infix; write the whole text in --text');
    const session = await model.openGenerationSession({
      executionProvider: 'cpu',
      promptLength: prompt.length / model.width,
      promptBehindText: position !== undefined,
    });
    const requests = texts.map((text) => {
      const inputIds = model.encodeInput(text + tail);
      return { inputIds, tailTokens: tail === '' ? 0 : tailTokensOf(inputIds, text, model) };
    });
    const generations = await session.generate(prompt, requests, options).finally(() => session.release());
    const results = generations.map((generation, i) => ({ input: texts[i]!, ...generation }));
    if (values.json) printJson({ model: model.name, results });
    else process.stdout.write(results.map(({ text }) => `${text}\n`).join(''));
    return 0;
  },
};

/** A prompt that the model can use. */
async function readPrompt(path: string, model: FrozenModel): Promise<StoredPrompt> {
  const stored = await readStoredPrompt(resolve(path));
  const { problems } = checkFits(stored, model);
  if (problems.length > 0) throw new Error(`${stored.path}: ${problems.join(' ')}`);
  return stored;
}

function numberOf(name: string, given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  const number = Number(given);
  if (given.trim() === '' || !Number.isFinite(number)) throw new UsageError(`--${name} ${given}: give a number`);
  return number;
}
