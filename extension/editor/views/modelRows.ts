import type { ModelEntry, ModelSource, RecommendedModel } from '../../protocol/models';

/** A model, the place it was found in, or, while there is none but the bundled one, a way to get another. */
export type ModelsTreeNode = ModelNode | SourceNode | HintNode | RecommendedNode | RecommendationNode;
export interface ModelNode {
  readonly kind: 'model';
  readonly model: ModelEntry;
}
export interface SourceNode {
  readonly kind: 'source';
  readonly source: ModelSource;
}
export interface HintNode {
  readonly kind: 'hint';
  readonly hint: 'download' | 'add';
}

/** The group of the models that are worth downloading for this machine. */
export interface RecommendedNode {
  readonly kind: 'recommended';
}
export interface RecommendationNode {
  readonly kind: 'recommendation';
  readonly model: RecommendedModel;
}

/** The models of one place. */
export interface ModelGroup {
  readonly source: ModelSource;
  readonly models: readonly ModelEntry[];
}

/**
 * The rows of the Models view as they were listed last. While VS Code asks for all of them again a click on one reaches no model, so
 * that is done only where there are other rows than before.
 */
export class ModelRows {
  /** Of one model the same object at every listing, so that its row can be drawn alone. */
  readonly #nodes = new Map<string, { readonly kind: 'model'; model: ModelEntry }>();
  readonly #looks = new Map<string, string>();
  #groups: readonly ModelGroup[] | undefined;

  /** @param look what a model's row shows, as text that differs where that does. */
  constructor(private readonly look: (model: ModelEntry) => string) {}

  /** Nothing before the first listing. */
  get groups(): readonly ModelGroup[] | undefined {
    return this.#groups;
  }

  /** The rows of a place. */
  of({ source }: SourceNode): ModelNode[] {
    return (this.#groups?.find((group) => group.source === source)?.models ?? []).map((model) => this.node(model));
  }

  /** The row of a model, with what is known of it now. */
  node(model: ModelEntry): ModelNode {
    const node = this.#nodes.get(model.id) ?? { kind: 'model', model };
    node.model = model;
    this.#nodes.set(model.id, node);
    return node;
  }

  /** Takes what was listed now. Returns the rows that look different from before, or `all` where there are others. */
  take(groups: readonly ModelGroup[]): 'all' | readonly ModelNode[] {
    const others = listing(groups) !== listing(this.#groups ?? []);
    this.#groups = groups;
    const different: ModelNode[] = [];
    for (const model of groups.flatMap(({ models }) => models)) {
      const [node, look] = [this.node(model), this.look(model)];
      if (this.#looks.get(model.id) !== look) different.push(node);
      this.#looks.set(model.id, look);
    }
    return others ? 'all' : different;
  }
}

/** The same for the same rows in the same order. */
function listing(groups: readonly ModelGroup[]): string {
  return JSON.stringify(groups.map(({ source, models }) => [source, models.map(({ id }) => id)]));
}
