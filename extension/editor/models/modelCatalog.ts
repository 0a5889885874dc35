import { isAbsolute } from 'node:path';
import * as vscode from 'vscode';
import type { ModelList, ModelRecommendation } from '../../protocol/models';
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
  /** By data set; '' for none. */
  readonly #recommendations = new Map<string, Promise<ModelRecommendation>>();

  /** Somebody who shows models should ask for them again. */
  readonly onDidChange = this.#changed.event;

  constructor(
    private readonly host: TrainerHost,
    readonly places: ModelPlaces,
  ) {
    this.#own.add(vscode.workspace.onDidChangeWorkspaceFolders(() => void this.refresh()));
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

  /**
   * Looks again. Whoever asks meanwhile waits for the new list, but {@link onDidChange} tells of it when it is there: a view that
   * cleared its rows at once would take them from under an open menu.
   */
  async refresh(): Promise<void> {
    // One of them may have been downloaded.
    this.#recommendations.clear();
    // What nobody has looked at yet need not be looked at again.
    if (this.#list) {
      const list = this.#look();
      this.#list = list;
      await list.catch(() => undefined);
      if (this.#list !== list) return;
    }
    this.#changed.fire();
  }

  /**
   * The models of the hub that suit this machine and, where one is given, a data set. They are found once a data set; a failure is
   * forgotten.
   *
   * @param dataSet absolute.
   * @throws TrainerFailure for a data set that cannot be read.
   */
  async recommend(dataSet?: string): Promise<ModelRecommendation> {
    const key = dataSet ?? '';
    const known = this.#recommendations.get(key);
    if (known) return known;
    const job = { kind: 'recommend-models', ...(dataSet === undefined ? {} : { file: dataSet }) } as const;
    const finding = this.host.start<'recommend-models'>(job).result;
    this.#recommendations.set(key, finding);
    return finding.catch((error: unknown) => {
      if (this.#recommendations.get(key) === finding) this.#recommendations.delete(key);
      throw error;
    });
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
