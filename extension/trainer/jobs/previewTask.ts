import { resolve } from 'node:path';
import { RejectionTally } from '../../engine/dataCheck/rejectionTally';
import { trainingFile } from '../../engine/datasets/parts';
import { readDataset } from '../../engine/datasets/readers';
import { encodeExamples, tokenReport } from '../../engine/tasks/encoding';
import { taskExamples } from '../../engine/tasks/examples';
import { labelClasses, labelProblems } from '../../engine/tasks/labels';
import type { PreviewTaskJob, TaskPreview } from '../../protocol/trainer';
import { attempt, type JobContext } from './context';
import { openNamedModel } from './namedModel';

/** Shows what a task makes of a data set with a model's tokenizer: examples, label words, token lengths, truncation. */
export async function previewTask(job: PreviewTaskJob, { resources }: JobContext): Promise<TaskPreview> {
  const { task } = job;
  const model = await openNamedModel(job.model, job.baseFolder, resources);
  return attempt('bad-data', async () => {
    const dataset = await readDataset(await trainingFile(resolve(job.baseFolder, job.file)));
    const { examples, rejected } = taskExamples(dataset, task);
    const encoded = encodeExamples(examples, { ...task, maxTokens: task.maxTokens ?? 128 }, model);
    const tally = new RejectionTally();
    for (const each of [...dataset.rejected, ...rejected, ...encoded.rejected]) tally.add(each);
    const classes = task.label ? labelClasses(task.label) : [];
    const rowsOf = (value: string): number => examples.filter(({ label }) => label === value).length;
    return {
      kind: model.kind,
      examples: examples.slice(0, 5).map(({ input, target }) => ({ input, target })),
      labels: classes.flatMap(({ words, values }) =>
        values.map((value) => ({ value, words, tokens: model.encodeTarget(words).length, rows: rowsOf(value) })),
      ),
      ...tokenReport(encoded.examples),
      problems: [
        ...labelProblems(classes, model, task.label?.scoring).map(({ text }) => text),
        ...tally.findings(dataset.rows.length + dataset.rejected.length).map(({ text }) => text),
      ],
    };
  });
}
