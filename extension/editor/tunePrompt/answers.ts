import type { Initialiser, PresetName, PromptPosition, Task } from '../../protocol/experiment';
import type { DataDescription, TaskPreview } from '../../protocol/trainer';

/** What has been answered so far. Going back keeps it, as the first choice of the question. */
export interface Answers {
  /** Absolute. */
  dataSet?: string;
  description?: DataDescription;
  task?: Task;
  /** "bundled", "organisation/name" of the hub, or an absolute path. */
  model?: string;
  preset?: PresetName;
  /** Known once the model has been tried. */
  kind?: TaskPreview['kind'];
  position: PromptPosition;
  custom: CustomAnswers;
  /** Tune at once, or only write the file. */
  start: boolean;
}

/** What Custom asks for; it starts from Quick. */
export interface CustomAnswers {
  promptLength: number;
  steps: number;
  learningRate: number;
  /** Undefined until it is asked: class labels, or sampled vocabulary for free text. */
  initialiser?: Initialiser;
  /** Text that the prompt starts as. */
  text: string;
  /** Prompt to start from, absolute. */
  from?: string;
}
