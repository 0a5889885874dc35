import { basename, dirname, extname, isAbsolute, join, relative, sep } from 'node:path';
import type { Experiment, PresetName, Task } from '../../protocol/experiment';
import { exists } from '../platform/files';

const ending = '.tune.json';

/** Whether a path names an experiment. */
export function isExperimentFile(path: string): boolean {
  return path.endsWith(ending);
}

/** `reviews.jsonl` -> `reviews`, `reviews.tune.json` -> `reviews`. */
export function stem(path: string): string {
  return isExperimentFile(path) ? basename(path, ending) : basename(path, extname(path));
}

/** A name beside the data set that no file has yet: `reviews.tune.json`, `reviews-2.tune.json`, ... */
export async function freeExperimentFile(dataSet: string): Promise<string> {
  for (let number = 1; ; number++) {
    const path = join(dirname(dataSet), `${stem(dataSet)}${number === 1 ? '' : `-${number}`}${ending}`);
    if (!(await exists(path))) return path;
  }
}

/** What the questions of Tune Prompt found out. */
export interface ExperimentAnswers {
  /** Absolute. */
  readonly dataSet: string;
  readonly task: Task;
  /** "bundled", "organisation/name" of the hub, or an absolute path. */
  readonly model: string;
  readonly preset: PresetName;
  /** Values that are not left to the preset; a prompt to start from as an absolute path. */
  readonly prompt?: Experiment['prompt'];
  readonly training?: Omit<NonNullable<Experiment['training']>, 'preset'>;
}

/** The content of an experiment file at `file`, with paths relative to it. Two-space JSON with a newline at the end. */
export function experimentText(file: string, answers: ExperimentAnswers): string {
  const here = dirname(file);
  const { prompt } = answers;
  const experiment: Experiment = {
    name: stem(file),
    model: isAbsolute(answers.model) ? relativePath(here, answers.model) : answers.model,
    data: { train: relativePath(here, answers.dataSet) },
    task: answers.task,
    ...(prompt
      ? { prompt: prompt.from === undefined ? prompt : { ...prompt, from: relativePath(here, prompt.from) } }
      : {}),
    training: { preset: answers.preset, ...answers.training },
  };
  return `${JSON.stringify(experiment, null, 2)}\n`;
}

/** With forward slashes, so that a shared experiment works on every system. On another drive the path stays absolute. */
function relativePath(from: string, to: string): string {
  return (relative(from, to) || '.').split(sep).join('/');
}
