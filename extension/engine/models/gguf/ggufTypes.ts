import type { BlockFormat } from './blocks/blockFormat';
import { blockFormats } from './ggufBlocks';

/** Names of GGML's tensor types by their number (https://github.com/ggml-org/ggml, ggml.h), those of today's files. */
const typeNames: Readonly<Record<number, string>> = {
  ...{ 0: 'F32', 1: 'F16', 2: 'Q4_0', 3: 'Q4_1', 6: 'Q5_0', 7: 'Q5_1', 8: 'Q8_0', 9: 'Q8_1' },
  ...{ 10: 'Q2_K', 11: 'Q3_K', 12: 'Q4_K', 13: 'Q5_K', 14: 'Q6_K', 15: 'Q8_K' },
  ...{ 16: 'IQ2_XXS', 17: 'IQ2_XS', 18: 'IQ3_XXS', 19: 'IQ1_S', 20: 'IQ4_NL', 21: 'IQ3_S', 22: 'IQ2_S', 23: 'IQ4_XS' },
  ...{ 24: 'I8', 25: 'I16', 26: 'I32', 27: 'I64', 28: 'F64', 29: 'IQ1_M', 30: 'BF16', 34: 'TQ1_0', 35: 'TQ2_0' },
  ...{ 39: 'MXFP4', 40: 'NVFP4' },
};

/** Names of the types whose numbers are read. */
export const readableTypes: readonly string[] = Object.keys(blockFormats);

/** @returns the name of a type, and how its blocks are read; `format` is undefined for a type that is not read. */
export function blockFormat(type: number): { readonly type: string; readonly format: BlockFormat | undefined } {
  const name = typeNames[type] ?? `of type ${type}`;
  return { type: name, format: blockFormats[name] };
}
