import type { Job, JobResults } from '../../protocol/trainer';
import type { JobContext } from './context';
import { checkDataFile } from './checkDataFile';
import { describeData } from './describeData';
import { describeModel } from './describeModel';
import { downloadModel } from './models/downloadModel';
import { estimateModelMemory } from './models/estimateModelMemory';
import { listModels } from './models/listModels';
import { recommendModels } from './models/recommendModels';
import { removeModel } from './models/removeModel';
import { searchHub } from './models/searchHub';
import { verifyModelFiles } from './models/verifyModelFiles';
import { disableCuda } from './cuda/disableCuda';
import { enableCuda } from './cuda/enableCuda';
import { diffPrompts } from './diffPrompts';
import { evaluate } from './evaluation/evaluate';
import { exportPrompt } from './exportPrompt';
import { importPrompt } from './importPrompt';
import { inspect } from './inspect';
import { previewTask } from './previewTask';
import { probeProviders } from './probeProviders';
import { tokenEffects } from './tokenEffects';
import { tune } from './tune';

type Jobs = {
  readonly [Kind in Job['kind']]: (job: Extract<Job, { kind: Kind }>, context: JobContext) => Promise<JobResults[Kind]>;
};

/** What the trainer can do. A new job is one file and one line here. */
const jobs: Jobs = {
  tune,
  'describe-data': describeData,
  'describe-model': describeModel,
  'preview-task': previewTask,
  'check-data': checkDataFile,
  'probe-providers': probeProviders,
  'enable-cuda': enableCuda,
  'disable-cuda': disableCuda,
  'list-models': listModels,
  'recommend-models': recommendModels,
  'search-hub': searchHub,
  'download-model': downloadModel,
  'verify-model-files': verifyModelFiles,
  'remove-model': removeModel,
  'estimate-memory': estimateModelMemory,
  inspect,
  'token-effects': tokenEffects,
  'diff-prompts': diffPrompts,
  evaluate,
  'export-prompt': exportPrompt,
  'import-prompt': importPrompt,
};

/** Runs a job. @throws TrainerFailure with words for the person; any other error is a defect of ours. */
export function runJob<Kind extends Job['kind']>(
  job: Extract<Job, { kind: Kind }>,
  context: JobContext,
): Promise<JobResults[Kind]> {
  const run = jobs[job.kind] as (job: Job, context: JobContext) => Promise<JobResults[Kind]>;
  return run(job, context);
}
