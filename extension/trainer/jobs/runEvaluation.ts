import { basename } from 'node:path';
import type { Prediction } from '../../engine/evaluation/predictions';
import { summarize } from '../../engine/evaluation/summary';
import type { EncodedTaskExample } from '../../engine/tasks/encoding';
import type { EvaluationRecord } from '../../protocol/evaluation';
import type { ResolvedExperiment } from '../../protocol/presets';
import type { RunRecord } from '../../protocol/run';
import { checkpointPath } from '../../runs/checkpoints';
import {
  PredictionWriter,
  createEvaluation,
  readEvaluationRecord,
  runEvaluationFolder,
  writeEvaluationRecord,
} from '../../runs/evaluationFolder';
import { resultOf } from './evaluation/result';

export interface RunEvaluationRequest {
  readonly folder: string;
  /** With data and model filled in. */
  readonly run: RunRecord;
  readonly experiment: ResolvedExperiment;
  readonly part: 'dev' | 'test';
  readonly examples: readonly EncodedTaskExample[];
  /** Label words in the order of class numbers; undefined for free text. */
  readonly classes: readonly string[] | undefined;
  /** Checkpoints later than this step are forgotten: a resumed run is going to make them again. */
  readonly afterStep: number;
}

/**
 * What the checkpoints of a run say of the rows of one part, kept in the run's own folder in the form of every other evaluation.
 * Its predictors are the steps.
 */
export class RunEvaluation {
  private constructor(
    private readonly folder: string,
    private record: EvaluationRecord,
    private readonly request: RunEvaluationRequest,
  ) {}

  /** Goes on with the one that is there if it is about the same rows, else begins anew. */
  static async open(request: RunEvaluationRequest): Promise<RunEvaluation> {
    const { run, part, examples, afterStep } = request;
    const folder = runEvaluationFolder(request.folder, part);
    const found = await readEvaluationRecord(folder).catch(() => undefined);
    const fresh = freshRecord(request);
    const same = found?.datasets[0]?.rows === examples.length && found.model.sha256 === run.model?.sha256;
    if (!same) {
      const lines = examples.map(({ example, input, target }, index) => ({
        ...{ dataset: 0, example: index, row: example.row, input, target },
      }));
      await createEvaluation(folder, fresh, lines);
      return new RunEvaluation(folder, fresh, request);
    }
    const kept = found.predictors.filter(({ step = 0 }) => step <= afterStep);
    const ids = new Set(kept.map(({ id }) => id));
    const results = found.results.filter(({ predictor }) => ids.has(predictor));
    return new RunEvaluation(folder, { ...found, predictors: kept, results }, request);
  }

  /** Keeps what the prompt of a step says of each row, in the order of the examples. */
  async add(step: number, predictions: readonly Prediction[], seconds: number): Promise<void> {
    const { classes, experiment } = this.request;
    const id = `step-${String(step).padStart(6, '0')}`;
    const writer = await PredictionWriter.open(this.folder);
    try {
      await writer.append(
        predictions.map(({ logProbability, tokens, exact, predicted, probabilities }, example) => ({
          ...{ predictor: id, example, logProbability, tokens, exact },
          ...(predicted === undefined ? {} : { predicted }),
          ...(probabilities === undefined ? {} : { probabilities: [...probabilities] }),
        })),
      );
    } finally {
      await writer.close();
    }
    const targets = predictions.map(({ target }) => target);
    const summary = summarize(targets, predictions, classes, { seed: experiment.training.seed });
    const result = resultOf({ dataset: 0, predictor: id }, summary);
    this.record = {
      ...this.record,
      seconds: this.record.seconds + seconds,
      rowsPerSecond: predictions.length / seconds,
      predictors: [
        ...this.record.predictors.filter((each) => each.id !== id),
        { id, kind: 'prompt', name: `step ${step}`, step, path: checkpointPath(this.request.folder, step) },
      ],
      results: [...this.record.results.filter(({ predictor }) => predictor !== id), result],
    };
    await writeEvaluationRecord(this.folder, this.record);
  }
}

function freshRecord({ run, experiment, part, examples, classes }: RunEvaluationRequest): EvaluationRecord {
  const { data, model } = run;
  if (!data || !model) throw new Error('a run evaluates only once its data and its model are known');
  const own = part === 'dev' ? experiment.data.dev : experiment.data.test;
  const file =
    (own === undefined ? undefined : data.files.find(({ path }) => path.endsWith(basename(own)))) ?? data.files[0]!;
  return {
    ...{ format: 1, id: `${run.id}-${part}`, name: `${run.name}: ${part} part`, status: 'finished' },
    ...{ createdAt: new Date().toISOString(), seconds: 0 },
    ...(run.provider ? { provider: run.provider.used } : {}),
    model: {
      ...{ name: model.name, folder: model.folder, architecture: model.architecture },
      ...{ parameters: model.parameters, sha256: model.sha256 },
    },
    datasets: [
      {
        ...{ name: basename(file.path), path: file.path, sha256: file.sha256, part, rows: examples.length },
        ...{ task: experiment.task, rejected: [], rejectedCount: 0 },
        ...(classes ? { classes: [...classes] } : {}),
      },
    ],
    ...{ predictors: [], results: [], comparisons: [], remarks: [] },
  };
}
