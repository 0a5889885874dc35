/** What is needed of a frozen model's tokenizer to find a tail. */
interface InputEncoder {
  encodeInput(text: string): number[];
}

/**
 * How many tokens at the end of an input are its tail, so that a prompt can stand between head and tail while the tokens stay those of
 * the whole text. The head's are those that the head alone begins with, too; a token that reaches over the border belongs to the tail.
 *
 * @param ids tokens of the whole input. @param head the text that it begins with.
 */
export function tailTokensOf(ids: readonly number[], head: string, encoder: InputEncoder): number {
  const alone = encoder.encodeInput(head);
  const other = ids.findIndex((id, i) => id !== alone[i]);
  return other < 0 ? 0 : ids.length - other;
}
