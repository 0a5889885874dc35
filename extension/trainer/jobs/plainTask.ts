import type { Task as EngineTask } from '../../engine/tasks/task';
import type { Task } from '../../protocol/experiment';

/** A task without undefined fields, which JSON and the protocol do not have. */
export function plainTask({ template, label, target, maxTokens }: EngineTask): Task {
  return {
    template,
    ...(label ? { label: plainLabel(label) } : {}),
    ...(target === undefined ? {} : { target }),
    ...(maxTokens === undefined ? {} : { maxTokens }),
  };
}

function plainLabel({ column, words, merge, scoring }: NonNullable<EngineTask['label']>): NonNullable<Task['label']> {
  return {
    ...{ column, words: { ...words } },
    ...(merge === undefined ? {} : { merge }),
    ...(scoring === undefined ? {} : { scoring }),
  };
}
