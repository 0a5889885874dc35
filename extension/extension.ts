import * as vscode from 'vscode';
import type { Studio } from './editor/commands/studio';
import { commands } from './editor/commands/table';
import { DataChecks } from './editor/dataCheck/dataChecks';
import { Evaluations } from './editor/evaluation/evaluations';
import { RejectedRows } from './editor/evaluation/rejectedRows';
import { ExperimentDiagnostics } from './editor/experiments/experimentDiagnostics';
import { ExperimentLenses } from './editor/experiments/experimentLenses';
import { Downloads } from './editor/models/downloads';
import { HubAccount } from './editor/models/hubAccount';
import { ModelCatalog } from './editor/models/modelCatalog';
import { ModelPlaces } from './editor/models/modelPlaces';
import { RunCatalog } from './editor/runs/runCatalog';
import { RunColours } from './editor/runs/runColours';
import { PromptTexts } from './editor/inspection/promptTexts';
import { LiveRunMemory } from './editor/training/liveRunMemory';
import { TrainerHost } from './editor/training/trainerHost';
import { Trainings } from './editor/training/trainings';
import { DataCheckTree } from './editor/views/dataCheckTree';
import { DiffPanels } from './editor/views/diffPanel';
import { followEvaluations } from './editor/views/evaluationMessages';
import { EvaluationPanels } from './editor/views/evaluationPanels';
import { InspectPanels } from './editor/views/inspectPanels';
import { registerPromptTextEditor } from './editor/views/promptTextEditor';
import { ModelsTree } from './editor/views/modelsTree';
import { tellWhenRunsEnd } from './editor/views/runEndMessages';
import { RunsPanel } from './editor/views/runsPanel';
import { RunsTree } from './editor/views/runsTree';
import { showTrainingProgress } from './editor/views/trainingProgress';
import { TrainingStatus } from './editor/views/trainingStatus';

/** Composes the parts of the extension; each does its work when it is first asked for something. */
export function activate(context: vscode.ExtensionContext): void {
  const started = performance.now();
  const own = <T extends vscode.Disposable>(part: T): T => {
    context.subscriptions.push(part);
    return part;
  };
  const log = own(vscode.window.createOutputChannel('Soft Prompt Studio', { log: true }));
  const trainerHost = new TrainerHost(context.extensionPath, log);
  const trainings = own(new Trainings(trainerHost));
  const catalog = own(new RunCatalog(trainings, new RunColours(context.workspaceState), log));
  const diagnostics = own(new ExperimentDiagnostics());
  const panel = own(new RunsPanel(context.extensionUri, catalog, log));
  const tree = own(new RunsTree(catalog));
  const models = own(new ModelCatalog(trainerHost, new ModelPlaces(context.globalState)));
  const modelsTree = own(new ModelsTree(models, log));
  const dataChecks = own(new DataChecks(trainerHost));
  own(new DataCheckTree(dataChecks));
  const account = new HubAccount(context.secrets);
  const downloads = new Downloads(trainerHost, account, models);
  own(new TrainingStatus(trainings));
  own(showTrainingProgress(trainings));
  own(tellWhenRunsEnd(trainings, panel, diagnostics, log));
  own(ExperimentLenses.register());
  const inspectParts = {
    extension: context.extensionUri,
    storage: context.storageUri ?? context.globalStorageUri,
    models: { trainerHost, models, account, downloads, log },
    trainers: trainerHost,
    log,
  };
  const inspectPanels = own(new InspectPanels(inspectParts));
  const diffPanels = own(new DiffPanels(inspectParts));
  own(new PromptTexts(trainerHost));
  own(registerPromptTextEditor(inspectParts.storage));
  const evaluations = own(new Evaluations(trainerHost));
  const evaluationPanels = own(new EvaluationPanels({ extension: context.extensionUri, evaluations, log }));
  const rejectedRows = own(new RejectedRows(evaluations));
  own(followEvaluations(evaluations, evaluationPanels, inspectParts.models));

  const runs = { trainings, catalog, diagnostics, panel, tree };
  const studio: Studio = {
    context,
    log,
    trainerHost,
    ...runs,
    inspectPanels,
    diffPanels,
    models,
    modelsTree,
    account,
    downloads,
    dataChecks,
    evaluations,
    evaluationPanels,
  };
  for (const [name, run] of Object.entries(commands)) {
    own(vscode.commands.registerCommand(`softPrompt.${name}`, (...args: unknown[]) => run(studio, args[0], args[1])));
  }
  void own(new LiveRunMemory(context.workspaceState, trainings)).resume();
  void rejectedRows.restore();
  performance.measure('softPrompt.activate', { start: started });
}
