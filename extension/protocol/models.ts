/** Frozen models on this machine and on a hub: what the Models view shows, and the jobs that find, fetch, check and remove them. */

/** Where a model was found; the view's groups. `unpacked` are this program's own dequantised copies of GGUF files. */
export type ModelSource = 'bundled' | 'folder' | 'gguf' | 'hub' | 'ollama' | 'lm-studio' | 'llama-cpp' | 'unpacked';

export interface ModelEntry {
  /** Stable over listings: source and place. */
  readonly id: string;
  readonly name: string;
  readonly source: ModelSource;
  /** What an experiment's "model" says to use it: "bundled", "organisation/name" of the hub, or an absolute path. */
  readonly model: string;
  /** The folder or .gguf file, absolute. */
  readonly path: string;
  /** `model_type` of config.json, or `general.architecture` of a GGUF file. */
  readonly architecture?: string;
  readonly parameters?: number;
  /** On disk, what links point to included. */
  readonly bytes: number;
  /** How the weights are stored: "F32", "BF16", "Q4_K", ... */
  readonly quantisation?: string;
  /** Whether it can be tuned here with the job's workload. */
  readonly runs: { readonly ok: true } | { readonly ok: false; readonly reason: string };
  /** What is wrong with its files, with what to do; such a model is listed all the same. */
  readonly problem?: string;
  /** What of its weights is not used, a sentence each. */
  readonly notes?: readonly string[];
  readonly memory?: MemoryEstimate;
  /** Whether `remove-model` takes it: it lies in a cache, not in a folder of the person's own. */
  readonly removable: boolean;
}

/** What one optimiser step holds in memory at once. */
export interface Workload {
  /** Virtual tokens, P. */
  readonly promptLength: number;
  /** Examples in a micro-batch. */
  readonly batchSize: number;
  /** Tokens of an example, its target included, without the prompt. */
  readonly tokens: number;
}

/** Peak memory of tuning on the CPU, bytes. */
export interface MemoryEstimate {
  readonly workload: Workload;
  /** The weights as sessions hold them (float32). */
  readonly weights: number;
  /** What the forward pass keeps for the backward pass. */
  readonly activations: number;
  /** The process without a model. */
  readonly process: number;
  /** The sum of the three. */
  readonly total: number;
  /** Of this machine, when it was asked. */
  readonly free: number;
  readonly installed: number;
  /** `tight`: more than is free now, but not more than is installed. */
  readonly verdict: 'fits' | 'tight' | 'too-large';
}

/** How to reach the hub. What is not given comes from the environment: HF_ENDPOINT, HF_TOKEN or the token file, HF_HUB_OFFLINE. */
export interface HubAccess {
  readonly endpoint?: string;
  /** Never written to a log or a file. */
  readonly token?: string;
}

export interface HubSearchResult {
  /** "organisation/name". */
  readonly id: string;
  readonly downloads: number;
  readonly likes: number;
  /** `model_type`, where the hub tells it. */
  readonly architecture?: string;
  /** Whether this program has that architecture; undefined where the hub does not tell. */
  readonly supported?: boolean;
  readonly tags: readonly string[];
  readonly licence?: string;
  /** Its owner wants to be asked first. */
  readonly gated: boolean;
  readonly parameters?: number;
  /** ISO 8601. */
  readonly updatedAt?: string;
  /** Whether the whole model lies in the cache already. */
  readonly downloaded: boolean;
  /** Its page for a browser. */
  readonly page: string;
}

export interface DownloadProgress {
  /** "organisation/name". */
  readonly id: string;
  /** The file being fetched, as the repository names it. */
  readonly file: string;
  /** Bytes of all files, those that were there already included. */
  readonly done: number;
  readonly total: number;
  /** Bytes a second over the last few seconds; undefined at the start. */
  readonly rate?: number;
}

export interface ListModelsJob {
  readonly kind: 'list-models';
  /** Model folders and .gguf files that the person named, absolute. */
  readonly folders: readonly string[];
  /** Default: the preset Quick's. */
  readonly workload?: Workload;
}
export interface ModelList {
  readonly models: readonly ModelEntry[];
  /** Places that could not be looked at, and what is wrong with them. */
  readonly problems: readonly string[];
}

export interface SearchHubJob {
  readonly kind: 'search-hub';
  readonly words: string;
  readonly hub: HubAccess;
  /** `next` of the page before. */
  readonly page?: string;
  /** Results a page, 1 to 100; default 20. */
  readonly limit?: number;
}
export interface HubSearchPage {
  readonly results: readonly HubSearchResult[];
  /** Where the search goes on; undefined at its end. */
  readonly next?: string;
}

/** Sends `download` events. Stopping it leaves what was fetched; the same job again goes on from there. */
export interface DownloadModelJob {
  readonly kind: 'download-model';
  /** "organisation/name". */
  readonly id: string;
  /** Branch, tag or commit; default "main". */
  readonly revision?: string;
  readonly hub: HubAccess;
}
export interface DownloadedModel {
  readonly id: string;
  /** The snapshot in the cache. */
  readonly folder: string;
  readonly commit: string;
  /** Bytes fetched now; 0 when everything was there. */
  readonly fetched: number;
  readonly entry: ModelEntry;
}

/** Checks sizes, hashes, headers and numbers of a model's files; sends `phase` events. */
export interface VerifyModelFilesJob {
  readonly kind: 'verify-model-files';
  /** As an experiment names it. */
  readonly model: string;
  readonly baseFolder: string;
}
export interface ModelFilesReport {
  readonly name: string;
  readonly path: string;
  readonly files: readonly {
    readonly file: string;
    readonly bytes: number;
    /** `checked`: the same as the hub said. `unknown`: nobody said what it should be. */
    readonly state: 'checked' | 'unknown' | 'damaged';
    readonly problem?: string;
  }[];
  /** What keeps it from being used; empty when it can be. */
  readonly problems: readonly string[];
  /** What of its weights is not used, a sentence each. */
  readonly notes: readonly string[];
}

export interface RemoveModelJob {
  readonly kind: 'remove-model';
  /** `id` of a removable {@link ModelEntry}. */
  readonly id: string;
}
export interface RemovedModel {
  readonly name: string;
  readonly freed: number;
}

export interface EstimateMemoryJob {
  readonly kind: 'estimate-memory';
  /** As an experiment names it. */
  readonly model: string;
  readonly baseFolder: string;
  readonly workload: Workload;
}

/** Chooses models of the hub for this machine, and for a data set where one is named. */
export interface RecommendModelsJob {
  readonly kind: 'recommend-models';
  /** Absolute. Its texts decide the language and the length of an example. */
  readonly file?: string;
}
/** A model of the hub that suits this machine, with what it would take: estimates for the CPU. */
export interface RecommendedModel {
  /** "organisation/name". */
  readonly id: string;
  readonly architecture: string;
  readonly parameters: number;
  /** What a download fetches, about. */
  readonly bytes: number;
  readonly licence: string;
  /** Its owner wants to be asked first. */
  readonly gated: boolean;
  /** One line; continues "good for". */
  readonly goodFor: string;
  readonly memory: MemoryEstimate;
  /** One optimiser step of `memory.workload`, from the speed of a product measured here. */
  readonly stepSeconds: number;
  /** A whole run of the preset Quick; it ends earlier where it stops to improve. */
  readonly minutes: number;
  readonly downloaded: boolean;
}
export interface ModelRecommendation {
  /** Three to five, the one to try first in front; fewer where no more fit into memory. */
  readonly models: readonly RecommendedModel[];
  /** Whether the texts of the data set look English; undefined without a data set. */
  readonly english?: boolean;
}

export type ModelJob =
  | RecommendModelsJob
  | ListModelsJob
  | SearchHubJob
  | DownloadModelJob
  | VerifyModelFilesJob
  | RemoveModelJob
  | EstimateMemoryJob;

export interface ModelJobResults {
  'recommend-models': ModelRecommendation;
  'list-models': ModelList;
  'search-hub': HubSearchPage;
  'download-model': DownloadedModel;
  'verify-model-files': ModelFilesReport;
  'remove-model': RemovedModel;
  'estimate-memory': MemoryEstimate;
}
