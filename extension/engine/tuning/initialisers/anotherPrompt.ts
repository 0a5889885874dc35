import type { Initialise } from './initialiser';

/** How a prompt of one length becomes one of another: unchanged, without its last rows, or with its rows again from the first. */
export type Fill = 'whole' | 'cut' | 'repeated';

/** What {@link anotherPrompt} does with a source of `rows` virtual tokens for a prompt of `length`. */
export function fillOf(rows: number, length: number): Fill {
  if (rows === length) return 'whole';
  return rows > length ? 'cut' : 'repeated';
}

/**
 * The rows of a prompt that was learned before (SPoT, Vu et al. 2021): a longer one is cut behind the new length, a shorter one is
 * repeated from its first row until all positions are filled.
 * @throws when there is no such prompt, or its width is not the model's.
 */
export const anotherPrompt: Initialise = ({ model, length, source }) => {
  if (source === undefined || source.prompt.length === 0)
    throw new Error('the "prompt" initialiser needs a prompt to start from: give "from" in the prompt section');
  const { prompt, width } = source;
  if (width !== model.width)
    throw new Error(
      `the prompt to start from has width ${width}, but the embeddings of this model have width ${model.width}; start from a prompt of that width`,
    );
  return Promise.resolve(Float32Array.from({ length: length * width }, (_, index) => prompt[index % prompt.length]!));
};
