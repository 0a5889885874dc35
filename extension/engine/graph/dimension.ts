/**
 * Symbolic dimensions. A dimension is a number, or a polynomial with integer coefficients over names such as `batch`, `sequence` and
 * `prompt`, written as text: `prompt + sequence`, `batch*sequence`. Every function here returns the canonical spelling, so
 * that two dimensions are equal exactly when they are `===`.
 */

/** A number of elements, known (a number) or symbolic (canonical text). */
export type Dim = number | string;
export type Shape = readonly Dim[];

/** Monomial (its names sorted and joined by `*`; empty for the constant) -> coefficient, none of them 0. */
type Polynomial = ReadonlyMap<string, number>;

const parsed = new Map<string, Polynomial>();

/** Results by their operands: a model asks for the same few thousands of times. */
const sums = new Map<string, Dim>();
const products = new Map<string, Dim>();
const quotients = new Map<string, Dim | undefined>();

function known<T>(results: Map<string, T>, dims: readonly Dim[], compute: () => T): T {
  const key = dims.join();
  if (!results.has(key)) results.set(key, compute());
  return results.get(key)!;
}

/** The canonical spelling of a dimension a person wrote: `sequence+ prompt` becomes `prompt + sequence`. @throws Error for text that is no polynomial. */
export function dimension(text: Dim): Dim {
  if (typeof text === 'number') {
    if (!Number.isSafeInteger(text) || text < 0)
      throw new Error(`A dimension must be a non-negative integer; got ${text}.`);
    return text;
  }
  return spell(polynomial(text));
}

export function sumOf(...dims: readonly Dim[]): Dim {
  if (dims.every((dim) => typeof dim === 'number')) return dims.reduce((total: number, dim) => total + dim, 0);
  return known(sums, dims, () => spell(combine(dims.map((dim) => [polynomial(dim), 1]))));
}

export function differenceOf(a: Dim, b: Dim): Dim {
  if (a === b) return 0;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return spell(
    combine([
      [polynomial(a), 1],
      [polynomial(b), -1],
    ]),
  );
}

export function productOf(dims: readonly Dim[]): Dim {
  if (dims.every((dim) => typeof dim === 'number')) return dims.reduce((product: number, dim) => product * dim, 1);
  return known(products, dims, () => spell(dims.map(polynomial).reduce(multiply, polynomial(1))));
}

/** `a / b` where that is a polynomial again, else undefined. */
export function quotientOf(a: Dim, b: Dim): Dim | undefined {
  return a === b ? 1 : known(quotients, [a, b], () => quotient(a, b));
}

function quotient(a: Dim, b: Dim): Dim | undefined {
  let rest = polynomial(a);
  const divisor = polynomial(b);
  const [leadName, leadFactor] = leadingTerm(divisor) ?? [undefined, 0];
  if (leadName === undefined) return undefined;
  const result = new Map<string, number>();
  // Long division by the leading term, which shrinks with every round.
  for (let term = leadingTerm(rest); term !== undefined; term = leadingTerm(rest)) {
    const name = withoutFactors(term[0], leadName);
    const factor = term[1] / leadFactor;
    if (name === undefined || !Number.isInteger(factor)) return undefined;
    result.set(name, factor);
    rest = combine([
      [rest, 1],
      [multiply(new Map([[name, factor]]), divisor), -1],
    ]);
  }
  return spell(result);
}

/** The terms of a dimension, for whoever computes its value: each is a factor times the product of its names. */
export function termsOf(dim: Dim): { readonly factor: number; readonly names: readonly string[] }[] {
  return [...polynomial(dim)].map(([name, factor]) => ({ factor, names: name === '' ? [] : name.split('*') }));
}

/** Whether the dimension is one bare name, as `batch`. */
export function isName(dim: Dim): dim is string {
  return typeof dim === 'string' && /^[A-Za-z_]\w*$/.test(dim);
}

/** The value of a dimension once its names are known. @throws Error naming the unknown one. */
export function evaluateDimension(dim: Dim, sizes: ReadonlyMap<string, number>): number {
  if (typeof dim === 'number') return dim;
  return termsOf(dim).reduce(
    (total, { factor, names }) => total + names.reduce((f, n) => f * sizeOf(n, sizes), factor),
    0,
  );
}

export function shapeText(shape: Shape): string {
  return `[${shape.join(', ')}]`;
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, axis) => dim === b[axis]);
}

function sizeOf(name: string, sizes: ReadonlyMap<string, number>): number {
  const size = sizes.get(name);
  if (size === undefined) throw new Error(`The size of dimension "${name}" is not known.`);
  return size;
}

function polynomial(dim: Dim): Polynomial {
  if (typeof dim === 'number') return new Map(dim === 0 ? [] : [['', dim]]);
  let result = parsed.get(dim);
  if (result === undefined) {
    result = parse(dim);
    parsed.set(dim, result);
  }
  return result;
}

function parse(text: string): Polynomial {
  const term = /([+-]?)\s*((?:[A-Za-z_]\w*|\d+)(?:\s*\*\s*(?:[A-Za-z_]\w*|\d+))*)\s*/y;
  const source = text.trim();
  const terms: [Polynomial, number][] = [];
  while (term.lastIndex < source.length || terms.length === 0) {
    const match = term.exec(source);
    if (match === null || (terms.length > 0 && match[1] === ''))
      throw new Error(`"${text}" is not a dimension. Write names, numbers, +, - and *: "prompt + sequence".`);
    const factors = match[2]!.split('*').map((factor) => factor.trim());
    const names = factors.filter((factor) => !/^\d/.test(factor)).sort();
    const number = factors
      .filter((factor) => /^\d/.test(factor))
      .reduce((product, factor) => product * Number(factor), 1);
    terms.push([new Map([[names.join('*'), number]]), match[1] === '-' ? -1 : 1]);
  }
  return combine(terms);
}

function combine(terms: readonly (readonly [Polynomial, number])[]): Polynomial {
  const result = new Map<string, number>();
  for (const [each, sign] of terms)
    for (const [name, factor] of each) {
      const total = (result.get(name) ?? 0) + sign * factor;
      if (total === 0) result.delete(name);
      else result.set(name, total);
    }
  return result;
}

function multiply(a: Polynomial, b: Polynomial): Polynomial {
  const products: [Polynomial, number][] = [];
  for (const [nameA, factorA] of a)
    for (const [nameB, factorB] of b) {
      const names = [...split(nameA), ...split(nameB)].sort().join('*');
      products.push([new Map([[names, factorA * factorB]]), 1]);
    }
  return combine(products);
}

function split(name: string): string[] {
  return name === '' ? [] : name.split('*');
}

/** The highest term: most factors first, then by name; constants last. The order is kept by multiplication. */
function leadingTerm(p: Polynomial): [string, number] | undefined {
  return [...p].sort(([a], [b]) => compareTerms(a, b))[0];
}

function compareTerms(a: string, b: string): number {
  const byDegree = split(b).length - split(a).length;
  return byDegree !== 0 ? byDegree : a < b ? -1 : a > b ? 1 : 0;
}

/** `batch*sequence` without `batch`: `sequence`; undefined where a factor is missing. */
function withoutFactors(name: string, factors: string): string | undefined {
  const names = split(name);
  for (const factor of split(factors)) {
    const at = names.indexOf(factor);
    if (at < 0) return undefined;
    names.splice(at, 1);
  }
  return names.join('*');
}

function spell(p: Polynomial): Dim {
  const terms = [...p].sort(([a], [b]) => compareTerms(a, b));
  if (terms.length === 0) return 0;
  if (terms.length === 1 && terms[0]![0] === '') return terms[0]![1];
  const text = terms
    .map(([name, factor], index) => {
      const size = Math.abs(factor);
      const body = name === '' ? String(size) : size === 1 ? name : `${size}*${name}`;
      return index === 0 ? (factor < 0 ? `-${body}` : body) : `${factor < 0 ? '-' : '+'} ${body}`;
    })
    .join(' ');
  if (!parsed.has(text)) parsed.set(text, p);
  return text;
}
