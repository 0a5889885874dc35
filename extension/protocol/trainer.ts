import type { DataReport } from './dataCheck';
import type { EvaluateJob, EvaluationRecord } from './evaluation';
import type { ExecutionProvider, Precision, Task } from './experiment';
import type { DownloadProgress, ModelJob, ModelJobResults } from './models';
import type { NeighbourMetric, PromptDiff, PromptInspection, PromptSnapshot, TokenEffects } from './inspection';
import type { PositionBehind } from './promptPosition';
import type { JournalEntry, ProviderChoice, RunRecord } from './run';

/**
 * Messages between the extension host and the trainer, a forked child process. One job a process: the host sends one
 * `start`, gets events, and at the end exactly one `done` or `failed` before the process leaves.
 */
export const trainerProtocolVersion = 1;

export interface TuneJob {
  readonly kind: 'tune';
  /** Absolute path of the `.tune.json`, or undefined when resuming. */
  readonly experimentFile?: string;
  /** Folder that holds the runs, absolute. */
  readonly runsFolder: string;
  /** Resume this run folder (absolute) from its last checkpoint. */
  readonly resume?: string;
  /** The setting `softPrompt.executionProvider`; the experiment's own choice wins. */
  readonly executionProvider: ExecutionProvider;
  /** Also score the frozen model's zero-shot and few-shot text prompts on the test split, for comparison. */
  readonly baselines?: boolean;
}
/** Reads a data set and guesses how it can be a task. */
export interface DescribeDataJob {
  readonly kind: 'describe-data';
  readonly file: string;
  /** A task made for other data; fitted to this file it comes first among the guesses. */
  readonly like?: Task;
}
/** Loads a model's configuration and tokenizer and says what it is; with `task`, also token lengths and truncation on `file`. */
export interface DescribeModelJob {
  readonly kind: 'describe-model';
  readonly model: string;
  readonly baseFolder: string;
}
export interface PreviewTaskJob {
  readonly kind: 'preview-task';
  readonly model: string;
  readonly baseFolder: string;
  readonly file: string;
  readonly task: Task;
}
/** Looks at data before anything is tuned: of an experiment, or of a data set with a task that is guessed. */
export interface CheckDataJob {
  readonly kind: 'check-data';
  /** A `.tune.json` or a data set file, absolute. */
  readonly file: string;
  /** Of a data set: the frozen model whose tokenizer counts; default: the bundled one. From `baseFolder`. */
  readonly model?: string;
  readonly baseFolder: string;
}
export interface ProbeProvidersJob {
  readonly kind: 'probe-providers';
  readonly executionProvider: ExecutionProvider;
  /** What the provider is to compute in; default float32. */
  readonly precision?: Precision;
}
/** Looks at a prompt: a run folder, a checkpoint or adapter folder, one of its files, a .safetensors or .npy file. */
export interface InspectJob {
  readonly kind: 'inspect';
  /** Absolute. */
  readonly prompt: string;
  /** Frozen model to use, as an experiment names it; default: the one the prompt names. */
  readonly model?: string;
  /** Folder that `model` starts from. */
  readonly baseFolder: string;
  /** Nearest tokens of each virtual token; default 10. */
  readonly neighbours?: number;
  /** Default cosine. */
  readonly metric?: NeighbourMetric;
  /** Of a run: only the checkpoint to show first. */
  readonly onlyFirst?: boolean;
}
/** Scores a prompt with each virtual token left out in turn. */
export interface TokenEffectsJob {
  readonly kind: 'token-effects';
  /** Absolute, as for `inspect`; of a run the best checkpoint. */
  readonly prompt: string;
  readonly model?: string;
  readonly baseFolder: string;
  /** A data set file or a .tune.json, from `baseFolder`, with the columns of the run's task; default: the run's own dev split. */
  readonly dataset?: string;
  /** Rows drawn from it; default 64. */
  readonly sampleSize?: number;
  /** Default 0. */
  readonly seed?: number;
  readonly executionProvider: ExecutionProvider;
}
/** Compares two prompts of one frozen model. */
export interface DiffPromptsJob {
  readonly kind: 'diff-prompts';
  /** Absolute, as for `inspect`; of a run the best checkpoint. */
  readonly a: string;
  readonly b: string;
  /** Given: both are taken to be prompts of this model. */
  readonly model?: string;
  readonly baseFolder: string;
  readonly neighbours?: number;
  readonly metric?: NeighbourMetric;
}
/** Forms in which a prompt leaves this program: a PEFT adapter folder, or a bare matrix [P, D] as numpy's `.npy`. */
export const promptFormats = ['peft', 'npy'] as const;
export type PromptFormat = (typeof promptFormats)[number];

/** Writes a prompt so that other programs read it. */
export interface ExportPromptJob {
  readonly kind: 'export-prompt';
  /** A run folder (its best checkpoint is meant, else its last), an adapter or checkpoint folder, or a prompt file; absolute. */
  readonly prompt: string;
  /** Absolute; "peft": a folder, new or empty; "npy": a file, which is replaced. */
  readonly destination: string;
  readonly format: PromptFormat;
  /** The frozen model of a prompt that does not say it itself (a `.npy` or `.safetensors` file); `baseFolder` as for experiments. */
  readonly model?: string;
  readonly baseFolder: string;
  /** What the adapter is to name as its model instead of the folder on this machine: a hub id or another path. */
  readonly baseModel?: string;
}
/** Makes a run of a prompt that was learned elsewhere, so that it is shown, inspected and evaluated like any other. */
export interface ImportPromptJob {
  readonly kind: 'import-prompt';
  /** What is read: as `prompt` of {@link ExportPromptJob}. */
  readonly file: string;
  readonly model: string;
  readonly baseFolder: string;
  /** Folder that holds the runs, absolute. */
  readonly runsFolder: string;
  /** Default: the name of the file or folder. */
  readonly name?: string;
}
/** Fetches onnxruntime's CUDA libraries (Linux x64) and tries them. */
export interface EnableCudaJob {
  readonly kind: 'enable-cuda';
  /** Service index of another feed of packages than nuget.org. */
  readonly feed?: string;
}
export interface DisableCudaJob {
  readonly kind: 'disable-cuda';
}
export interface CudaState {
  /** Where the libraries lie: beside onnxruntime's own. */
  readonly folder: string;
  readonly bytes: number;
  /** Why the provider does not work all the same, in words. */
  readonly problem?: string;
}
export type Job =
  | TuneJob
  | DescribeDataJob
  | DescribeModelJob
  | PreviewTaskJob
  | CheckDataJob
  | ProbeProvidersJob
  | EnableCudaJob
  | DisableCudaJob
  | ExportPromptJob
  | ImportPromptJob
  | ModelJob
  | InspectJob
  | TokenEffectsJob
  | DiffPromptsJob
  | EvaluateJob;

/** What the reader and the guesser found in a data set file. */
export interface DataDescription {
  readonly file: string;
  readonly rows: number;
  /** The file is large and has more rows than these first ones, of which everything else is told. */
  readonly more?: boolean;
  readonly columns: readonly {
    readonly name: string;
    readonly examples: readonly string[];
    readonly distinct: number;
    /** Every value, most frequent first, where there are few enough for a label column. */
    readonly values?: readonly string[];
    readonly medianCharacters: number;
  }[];
  /** Rows that cannot be read, a sentence a reason with its count and first rows. */
  readonly rejected: readonly string[];
  readonly rejectedCount: number;
  /** Best guess first; empty when no column can be a target. */
  readonly guesses: readonly Task[];
  /** How the task asked for was fitted to the file, or why it could not be, in sentences. */
  readonly assumptions?: readonly string[];
}
export interface ModelDescription {
  readonly name: string;
  readonly folder: string;
  readonly architecture: string;
  readonly parameters: number;
  readonly width: number;
  readonly layers: number;
  readonly vocabulary: number;
  /** How its checkpoint was read, and what of it is not used, a sentence or two each. */
  readonly notes: readonly string[];
}
export interface TaskPreview {
  /** Of the model. */
  readonly kind: 'causal' | 'encoder-decoder';
  readonly examples: readonly { readonly input: string; readonly target: string }[];
  readonly labels: readonly {
    readonly value: string;
    readonly words: string;
    readonly tokens: number;
    readonly rows: number;
  }[];
  readonly tokens: { readonly median: number; readonly p95: number; readonly longest: number };
  /** Share of the rows cut to `maxTokens`, 0 to 1. */
  readonly truncated: number;
  readonly problems: readonly string[];
}
/** What each job answers. */
export interface JobResults extends ModelJobResults {
  tune: { readonly folder: string; readonly record: RunRecord };
  'describe-data': DataDescription;
  'describe-model': ModelDescription;
  'preview-task': TaskPreview;
  'check-data': DataReport;
  'probe-providers': ProviderChoice;
  'enable-cuda': CudaState;
  'disable-cuda': { readonly freed: number };
  inspect: PromptInspection;
  'token-effects': TokenEffects;
  'diff-prompts': PromptDiff;
  evaluate: { readonly folder: string; readonly record: EvaluationRecord };
  'export-prompt': {
    /** The folder or file that was written. */
    readonly path: string;
    /** P and D. */
    readonly length: number;
    readonly width: number;
    /** Where the prompt stands, when the form that was written does not say it. */
    readonly lostPosition?: PositionBehind;
  };
  /** `warnings`: what a person should know although the prompt can be used, such as another model's name. */
  'import-prompt': { readonly folder: string; readonly record: RunRecord; readonly warnings: readonly string[] };
}

/** Places that only the host knows. */
export interface TrainerResources {
  /** Folder of the bundled frozen model, absolute. */
  readonly bundledModel: string;
}

export type ToTrainer =
  | { readonly type: 'hello'; readonly version: number }
  | { readonly type: 'start'; readonly job: Job; readonly resources: TrainerResources }
  /** Finish the step, write a checkpoint, end. */
  | { readonly type: 'stop' };

export type JobEvent =
  /** The run folder exists; sent once, before the first step. */
  | { readonly type: 'run'; readonly folder: string; readonly record: RunRecord }
  /** The record changed (step, best, provider, status). At most ten a second. */
  | { readonly type: 'record'; readonly folder: string; readonly record: RunRecord }
  | { readonly type: 'journal'; readonly folder: string; readonly entry: JournalEntry }
  | { readonly type: 'download'; readonly progress: DownloadProgress }
  /** Of `inspect`, sent once and early: everything with the first snapshot in it. */
  | { readonly type: 'inspection'; readonly inspection: PromptInspection }
  /** Of `inspect`, then one for each other checkpoint of the run, newest first. */
  | { readonly type: 'snapshot'; readonly snapshot: PromptSnapshot }
  /** An evaluation's folder exists, or its record changed. */
  | { readonly type: 'evaluation'; readonly folder: string; readonly record: EvaluationRecord }
  | { readonly type: 'phase'; readonly text: string; /** 0 to 1 where it is known. */ readonly share?: number };

export type FromTrainer =
  | { readonly type: 'ready'; readonly version: number; readonly pid: number }
  | { readonly type: 'heartbeat' }
  | { readonly type: 'event'; readonly event: JobEvent }
  | { readonly type: 'log'; readonly level: 'debug' | 'info' | 'warn' | 'error'; readonly text: string }
  | { readonly type: 'done'; readonly result: JobResults[Job['kind']] }
  | { readonly type: 'failed'; readonly message: string; readonly code: FailureCode; readonly detail?: string };

/** Why a job ended without a result. The first group is told by the trainer, the second is seen by the client. */
export type FailureCode =
  | 'bad-experiment'
  | 'bad-data'
  | 'bad-model'
  | 'bad-prompt'
  | 'provider-missing'
  /** The hub wants a token, or does not know the one it got. */
  | 'hub-token'
  /** The model's page has terms to accept first. */
  | 'hub-gated'
  | 'hub-missing'
  /** No answer, or none that helps; trying again may. */
  | 'hub-unreachable'
  | 'disk-full'
  /** Somebody asked it to stop; what was fetched stays. */
  | 'stopped'
  | 'version-mismatch'
  | 'internal'
  | 'killed'
  | 'out-of-memory'
  | 'crashed'
  | 'hung';
