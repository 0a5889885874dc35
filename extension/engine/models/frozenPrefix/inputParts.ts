import type { EncodedExample } from '../frozenModel';

type Input = Pick<EncodedExample, 'inputIds' | 'tailTokens'>;

/** The tokens of an input that a prompt behind the text stands behind. */
export function headOf({ inputIds, tailTokens = 0 }: Input): readonly number[] {
  return inputIds.slice(0, inputIds.length - tailTokens);
}

/** The tokens of an input between such a prompt and the target. */
export function tailOf({ inputIds, tailTokens = 0 }: Input): readonly number[] {
  return inputIds.slice(inputIds.length - tailTokens);
}
