/** How a row becomes an input text and a target text. Exactly one of `label` and `target` is given. */
export interface Task {
  /** Input text with {column} placeholders; `{{` and `}}` are literal braces. */
  readonly template: string;
  /** Classification. */
  readonly label?: LabelColumn | undefined;
  /** Free text: the column whose text is to be produced. */
  readonly target?: string | undefined;
  /** Longest input in tokens, the soft prompt not counted. */
  readonly maxTokens?: number | undefined;
}
export interface LabelColumn {
  readonly column: string;
  /** Label value -> label words (a verbalizer). */
  readonly words: Readonly<Record<string, string>>;
  /** Values with the same words are one class on purpose. Default: that is taken for a mistake. */
  readonly merge?: boolean | undefined;
  /** How the log-probabilities of the words' tokens become the score of a class; default: their sum. */
  readonly scoring?: 'sum' | 'mean' | undefined;
}

/** One row as text. */
export interface Example {
  readonly file: string;
  readonly row: number;
  /** The texts of the template's columns, trimmed. */
  readonly values: Readonly<Record<string, string>>;
  /** The filled template, not truncated. */
  readonly input: string;
  /** Label words, or the text of the target column. */
  readonly target: string;
  /** Classification: the value as the task spells it. */
  readonly label?: string;
  /** The value as the file spells it, where that is otherwise: "1.0" for "1". */
  readonly spelledLabel?: string;
}

/** A task that does not fit its data or its model; the message says what and what to do. */
export class TaskError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TaskError';
  }
}
