import { isAbsolute } from 'node:path';
import * as vscode from 'vscode';
import type { ModelEntry, ModelList } from '../../protocol/models';
import { Disposables } from '../platform/disposables';
import { exists } from '../platform/files';
import type { TrainerHost } from '../training/trainerHost';
import type { ModelPlaces } from './modelPlaces';

/**
 * The models of this machine, as a trainer listed them. They are looked for when somebody first asks, and again when told to:
 * the stores of other programs are many gigabytes large and are not watched.
 */
export class ModelCatalog implements vscode.Disposable {
  readonly #own = new Disposables();
  readonly #changed = this.#own.add(new vscode.EventEmitter<void>());
  #list: Promise<ModelList> | undefined;

  /** Somebody who shows models should ask for them again. */
  readonly onDidChange = this.#changed.event;

  constructor(
    private readonly host: TrainerHost,
    readonly places: ModelPlaces,
  ) {
    this.#own.add(
      vscode.workspace.onDidChangeWorkspaceFolders(() => {
        // What nobody has looked at yet need not be looked at again.
        if (this.#list) this.refresh();
      }),
    );
  }

  dispose(): void {
    this.#own.dispose();
  }

  /** @throws TrainerFailure when the models could not be listed; the next call tries again. */
  async list(): Promise<ModelList> {
    const list = (this.#list ??= this.#look());
    return list.catch((error: unknown) => {
      if (this.#list === list) this.#list = undefined;
      throw error;
    });
  }

  /** Looks again, the next time somebody asks. */
  refresh(): void {
    this.#list = undefined;
    this.#changed.fire();
  }

  /** The model with that id; undefined when it is gone. */
  async find(id: string): Promise<ModelEntry | undefined> {
    return (await this.list()).models.find((model) => model.id === id);
  }

  async #look(): Promise<ModelList> {
    const { added, recent } = this.places;
    const used = recent.filter((model) => isAbsolute(model));
    const there = await Promise.all(used.map(exists));
    const folders = new Set([
      ...(await this.places.inWorkspace()),
      ...added,
      // One used before that is gone interests nobody; one that was added does.
      ...used.filter((_, index) => there[index]),
    ]);
    return this.host.start<'list-models'>({ kind: 'list-models', folders: [...folders] }).result;
  }
}
