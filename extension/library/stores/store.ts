import type { ModelSource } from '../../protocol/models';

/** A model that a store holds; what it is, is read from its own files later. */
export interface FoundModel {
  /** As the store's own program calls it: "organisation/name", "llama3.2:1b". */
  readonly name: string;
  readonly source: ModelSource;
  /** Model folder or .gguf file, absolute. */
  readonly path: string;
  /** What an experiment's "model" says; default: the path. */
  readonly model?: string;
  /** What is wrong with it in the store, such as a missing blob; it is listed with this. */
  readonly problem?: string;
  /** Size on disk where the path's own files do not tell it. */
  readonly bytes?: number;
  /** Deletes it from the store; given only where the store is a cache and its files can be fetched or made again. Returns the bytes freed. */
  readonly remove?: () => Promise<number>;
}

export interface StoreContents {
  readonly models: readonly FoundModel[];
  /** What in the store could not be looked at: which file, what is wrong. */
  readonly problems: readonly string[];
}

/** A place on this machine where models gather. Looking never changes it, and what lies there is not trusted. */
export interface ModelStore {
  readonly name: string;
  /** An empty list where the store does not exist. @param environment where its variables and the home folder come from. */
  find(environment: NodeJS.ProcessEnv): Promise<StoreContents>;
}
