import { weight } from '../graph/leaves';
import type { Value } from '../graph/value';
import type { WeightType } from './tensorType';
import type { Weight, Weights } from './weights';

const storage = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' } as const satisfies Record<WeightType, string>;

/** How a weight of the checkpoint becomes a value of the graph: where its numbers are read from, and how they are kept. */
export type WeightStorage = (place: Weight) => Value;

/** Every weight where it lies, as it is stored. */
export const asStored: WeightStorage = (place) => weightRows(place, 0, place.shape[0]!);

/** Rows `first` up to but without `end` of a weight as a value, used where they lie. */
export function weightRows(whole: Weight, first: number, end: number): Value {
  const { name, file, offset, byteLength, type, shape } = rowsOf(whole, first, end);
  return weight({ name, file, offset, length: byteLength, storage: storage[type], shape });
}

/** Where those rows lie. */
function rowsOf(whole: Weight, first: number, end: number): Weight {
  const rowBytes = whole.byteLength / whole.shape[0]!;
  return {
    ...whole,
    offset: whole.offset + first * rowBytes,
    byteLength: (end - first) * rowBytes,
    shape: [end - first, ...whole.shape.slice(1)],
  };
}

/** How the names in a checkpoint may differ from those that its architecture asks for. */
export interface CheckpointNames {
  /**
   * What the base model is called within the whole one, such as "model": a checkpoint of the base model alone leaves it out. transformers
   * adds or drops it, whichever gives a name that the model has (`base_model_prefix`).
   */
  readonly base: string;
  /** Beginnings that older files have in place of those asked for. */
  readonly older?: readonly { readonly now: string; readonly before: string }[];
  /** Tensors that files of this architecture may hold although no model has computed with them. */
  readonly unused?: RegExp;
}

/** What a checkpoint stores of tensors that are tied; see {@link FrozenTensors.tie}. */
export interface TiedTensors {
  /** The one that serves where another is not stored; undefined where nothing is tied. */
  readonly shared: string | undefined;
  /** Those that are stored all the same. */
  readonly apart: readonly string[];
  readonly expectedApart: readonly string[];
}

/** The weights of a model as values of the graph; counts the parameters that are used, tied ones once. */
export class FrozenTensors {
  private readonly used = new Map<string, Weight>();
  private readonly storedNames = new Set<string>();
  private names: CheckpointNames | undefined;
  private tied: readonly string[] = [];
  private expectedApart: readonly string[] = [];

  constructor(
    private readonly weights: Pick<Weights, 'has' | 'get'>,
    private readonly toValue = asStored,
  ) {}

  /** Says how checkpoints of this architecture may name their tensors. Comes before the first tensor is asked for. */
  readNames(names: CheckpointNames): void {
    this.names = names;
  }

  /**
   * Ties tensors as transformers 5 does (`tie_weights`): one that is not stored is the first of them that is, and one that is stored is
   * used, whatever config.json says of ties. Comes before any of them is asked for.
   * @param expectedApart those that nobody is surprised to find stored on their own.
   */
  tie(names: readonly string[], expectedApart: readonly string[] = []): void {
    this.tied = names;
    this.expectedApart = expectedApart;
  }

  /**
   * The output embeddings, [V, D]: a tensor of their own, or the input embeddings where `tied` and no other is stored.
   * @param name of the head; default "lm_head.weight". @param embeddings name of the input embeddings, to be asked for after this.
   * @throws ModelError where the head is missing or does not have this shape.
   */
  head(
    {
      name = 'lm_head.weight',
      embeddings,
      tied,
    }: { readonly name?: string; readonly embeddings: string; readonly tied: boolean },
    shape: readonly number[],
  ): Value {
    if (tied) this.tie([embeddings, name]);
    return this.toValue(this.place(name, shape, noHead));
  }

  /** Whether the checkpoint stores a tensor, by any of its names. */
  has(name: string): boolean {
    return this.stored(name) !== undefined;
  }

  /** @throws ModelError where the tensor is missing or does not have this shape. */
  tensor(name: string, shape: readonly number[]): Value {
    return this.toValue(this.place(name, shape));
  }

  /**
   * Matrices that a checkpoint keeps in one, below each other: each of so many of its rows, as a weight of its own that is used where it lies.
   * @param columns of them all. @throws ModelError where the tensor is missing or does not have this shape.
   */
  stacked(name: string, rows: readonly number[], columns: number): readonly Value[] {
    const whole = this.weights.get(this.stored(name) ?? name, [rows.reduce((sum, each) => sum + each, 0), columns]);
    this.storedNames.add(whole.name);
    return rows.map((count, i) => {
      const first = rows.slice(0, i).reduce((sum, each) => sum + each, 0);
      const part = { ...rowsOf(whole, first, first + count), name: `${whole.name}[${first}:${first + count}]` };
      this.used.set(part.name, part);
      return this.toValue(part);
    });
  }

  /** Where a tensor lies, for reading single rows of it. @param ifMissing what the error says where there is none. */
  place(name: string, shape: readonly number[], ifMissing?: string): Weight {
    const stored = this.stored(name) ?? this.sharedTensor(name);
    const found = this.weights.get(stored, shape, ifMissing);
    this.used.set(stored, found);
    this.storedNames.add(stored);
    return found;
  }

  /** What the checkpoint stores of tensors that are tied, by their stored names. */
  get storedTies(): TiedTensors {
    const stored = (names: readonly string[]): string[] => names.flatMap((name) => this.stored(name) ?? []);
    const [shared, ...apart] = stored(this.tied);
    return { shared, apart, expectedApart: stored(this.expectedApart) };
  }

  /** What else a tensor of this name may be called, itself included. */
  spellingsOf(name: string): string[] {
    return spellings(name, this.names);
  }

  /** A stored name without what the base model is called. */
  withoutBase(name: string): string {
    const base = `${this.names?.base ?? ''}.`;
    return name.startsWith(base) ? name.slice(base.length) : name;
  }

  /** Whether a stored tensor is one that a model may hold without using it: tied to others, or known not to be used. */
  mayLack(name: string): boolean {
    return this.tied.some((each) => this.stored(each) === name) || this.names?.unused?.test(name) === true;
  }

  /** What the checkpoint calls a tensor; undefined where it has none. */
  private stored(name: string): string | undefined {
    return spellings(name, this.names).find((each) => this.weights.has(each));
  }

  /** The tensor that serves in the place of one that is not stored; itself where there is none, for the error to name. */
  private sharedTensor(name: string): string {
    if (!this.tied.includes(name)) return name;
    return this.tied.flatMap((each) => this.stored(each) ?? [])[0] ?? this.tied[0]!;
  }

  /** What the checkpoint calls the tensors asked for so far, whole or in parts. */
  get usedNames(): ReadonlySet<string> {
    return this.storedNames;
  }

  /** The tensors asked for so far, or the parts of them that are used apart. */
  get places(): readonly Weight[] {
    return [...this.used.values()];
  }

  /** How many numbers the tensors asked for so far hold. */
  get parameters(): number {
    return this.places.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  }

  /** The type that most of these numbers are stored as. */
  get storage(): WeightType {
    const bytes = (type: WeightType): number =>
      this.places.reduce((sum, each) => sum + (each.type === type ? each.byteLength : 0), 0);
    return (['F32', 'F16', 'BF16'] as const).reduce((most, type) => (bytes(type) > bytes(most) ? type : most));
  }
}

const noHead =
  'config.json says by "tie_word_embeddings" (or its default) that the head is not the input embeddings, so it has to be stored. If the ' +
  'model was trained with both in one, set "tie_word_embeddings" to true; a checkpoint of the base model alone has no head to predict with.';

/** What a checkpoint may call a tensor, the likeliest name first. */
function spellings(name: string, names: CheckpointNames | undefined): string[] {
  if (names === undefined) return [name];
  const older = (names.older ?? []).flatMap(({ now, before }) =>
    name.startsWith(now) ? [before + name.slice(now.length)] : [],
  );
  const base = `${names.base}.`;
  return [name, ...older].flatMap((each) =>
    each.startsWith(base) ? [each, each.slice(base.length), base + each] : [each, base + each],
  );
}
