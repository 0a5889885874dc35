import type { ExtensionContext, LogOutputChannel } from 'vscode';
import type { DataChecks } from '../dataCheck/dataChecks';
import type { Evaluations } from '../evaluation/evaluations';
import type { ExperimentDiagnostics } from '../experiments/experimentDiagnostics';
import type { Downloads } from '../models/downloads';
import type { HubAccount } from '../models/hubAccount';
import type { ModelCatalog } from '../models/modelCatalog';
import type { RunCatalog } from '../runs/runCatalog';
import type { TrainerHost } from '../training/trainerHost';
import type { Trainings } from '../training/trainings';
import type { DiffPanels } from '../views/diffPanel';
import type { EvaluationPanels } from '../views/evaluationPanels';
import type { InspectPanels } from '../views/inspectPanels';
import type { ModelsTree } from '../views/modelsTree';
import type { RunsPanel } from '../views/runsPanel';
import type { RunsTree } from '../views/runsTree';

/** The parts of the extension that commands act on. */
export interface Studio {
  readonly context: ExtensionContext;
  readonly log: LogOutputChannel;
  readonly trainerHost: TrainerHost;
  readonly trainings: Trainings;
  readonly catalog: RunCatalog;
  readonly diagnostics: ExperimentDiagnostics;
  readonly panel: RunsPanel;
  readonly tree: RunsTree;
  readonly inspectPanels: InspectPanels;
  readonly diffPanels: DiffPanels;
  readonly models: ModelCatalog;
  readonly modelsTree: ModelsTree;
  readonly account: HubAccount;
  readonly downloads: Downloads;
  readonly dataChecks: DataChecks;
  readonly evaluations: Evaluations;
  readonly evaluationPanels: EvaluationPanels;
}

/** A command; `argument` is whatever the place it was called from passes, `selection` all that is selected there. */
export type Command = (studio: Studio, argument?: unknown, selection?: unknown) => unknown;
