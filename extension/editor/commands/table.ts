import { comparePromptWithSelected } from './comparePromptWithSelected';
import { copyRunPath } from './copyRunPath';
import { deleteRun } from './deleteRun';
import { diffPromptRevisions } from './diffPromptRevisions';
import { diffPrompts } from './diffPrompts';
import { diffPromptText } from './diffPromptText';
import { evaluateDataset } from './evaluateDataset';
import { evaluateExperiment } from './evaluateExperiment';
import { evaluateRun } from './evaluateRun';
import { inspectPrompt } from './inspectPrompt';
import { addModel } from './addModel';
import { chooseProvider } from './chooseProvider';
import { copyModelPath } from './copyModelPath';
import { disableCuda } from './disableCuda';
import { downloadModel } from './downloadModel';
import { enableCuda } from './enableCuda';
import { estimateMemory } from './estimateMemory';
import { exportPrompt } from './exportPrompt';
import { forgetModel } from './forgetModel';
import { importPrompt } from './importPrompt';
import { checkData } from './checkData';
import { checkDataAgain } from './checkDataAgain';
import { openFoundRow } from './openFoundRow';
import { openCheckpoint } from './openCheckpoint';
import { openPromptAsText } from './openPromptAsText';
import { openRunExperiment } from './openRunExperiment';
import { openRunLog } from './openRunLog';
import { openSample } from './openSample';
import { openWalkthrough } from './openWalkthrough';
import { refreshModels } from './refreshModels';
import { refreshRuns } from './refreshRuns';
import { removeModel } from './removeModel';
import { renameRun } from './renameRun';
import { resumeEvaluation } from './resumeEvaluation';
import { resumeRun } from './resumeRun';
import { revealModel } from './revealModel';
import { revealRun } from './revealRun';
import { selectPromptForCompare } from './selectPromptForCompare';
import { setHubToken } from './setHubToken';
import { showEvaluations } from './showEvaluations';
import { showLog } from './showLog';
import { showRuns } from './showRuns';
import { stopRun } from './stopRun';
import type { Command } from './studio';
import { tuneExperiment } from './tuneExperiment';
import { tunePrompt } from './tunePrompt';
import { tuneWithModel } from './tuneWithModel';
import { verifyModel } from './verifyModel';

/** Every command, by the last part of its id in package.json. */
export const commands: Readonly<Record<string, Command>> = {
  tunePrompt,
  tuneExperiment,
  checkData,
  checkDataAgain,
  openFoundRow,
  showRuns,
  refreshRuns,
  showLog,
  openSample,
  openWalkthrough,
  stopRun,
  resumeRun,
  renameRun,
  openCheckpoint,
  openRunLog,
  openRunExperiment,
  revealRun,
  copyRunPath,
  deleteRun,
  inspectPrompt,
  diffPrompts,
  selectPromptForCompare,
  comparePromptWithSelected,
  diffPromptRevisions,
  diffPromptText,
  openPromptAsText,
  exportPrompt,
  importPrompt,
  refreshModels,
  downloadModel,
  setHubToken,
  addModel,
  forgetModel,
  tuneWithModel,
  estimateMemory,
  verifyModel,
  revealModel,
  copyModelPath,
  removeModel,
  evaluateDataset,
  evaluateRun,
  evaluateExperiment,
  showEvaluations,
  resumeEvaluation,
  chooseProvider,
  enableCuda,
  disableCuda,
};
