import type { Doubt, Rejection } from '../datasets/dataset';
import type { Part, Parts } from '../datasets/splits';
import { parts } from '../datasets/splits';
import type { EncodedTaskExample, Encoder, Room } from '../tasks/encoding';
import type { Example, Task } from '../tasks/task';
import type { NearDuplicate } from './similarity/nearDuplicates';

/** Tokens with a meaning of their own, as they are written in text. */
export interface SpecialTokens {
  /** The token that ends a text, where the model has one. */
  readonly end: string | undefined;
  readonly all: readonly string[];
}

/** What the rules look at: the parts of a data set with its task and tokenizer, exactly as a run learns from them. */
export interface CheckedData {
  readonly task: Task;
  readonly parts: Parts<EncodedTaskExample>;
  /** Examples that the split left out, because a later part has the same text. */
  readonly leftOut: Parts<Example>;
  readonly rejected: readonly Rejection[];
  /** What the readers assumed, in sentences. */
  readonly notes: readonly string[];
  /** What the readers decided about single rows. */
  readonly doubts: readonly Doubt[];
  readonly encoder: Encoder;
  readonly specialTokens: SpecialTokens;
  readonly room: Room;
  /** All examples of the parts, one part after the other. */
  readonly examples: readonly PartExample[];
  /** Rows whose text is nearly that of an earlier one; found when the first rule asks. */
  readonly nearDuplicates: () => readonly NearDuplicate<PartExample>[];
}

/** An example and the part that it is in. */
export interface PartExample {
  readonly part: Part;
  readonly example: Example;
  /** The texts of its columns, without the template. */
  readonly text: string;
}

/** All examples that are used, part by part. */
export function partExamples(examples: CheckedData['parts']): PartExample[] {
  return parts.flatMap((part) =>
    examples[part].map(({ example }) => ({ part, example, text: Object.values(example.values).join('\n') })),
  );
}
