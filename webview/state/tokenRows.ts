import type { EffectOfToken, VirtualToken } from '../../extension/protocol/inspection';

/** A virtual token as a row of the table. */
export interface TokenRow {
  readonly token: VirtualToken;
  /** Where it has been measured. */
  readonly effect?: EffectOfToken;
}

export interface TokenColumn {
  readonly id: 'position' | 'neighbours' | 'norm' | 'effect' | 'initial' | 'moved';
  readonly title: string;
  /** What the column means, for its tooltip. */
  readonly meaning: string;
  /** The first press of the header sorts the largest to the top. */
  readonly descending?: boolean;
  /** Undefined comes last. */
  readonly value: (row: TokenRow) => number | string | undefined;
}

export const tokenColumns: readonly TokenColumn[] = [
  {
    id: 'position',
    title: 'Position',
    meaning: 'Place of the virtual token in the prompt, from 0',
    value: ({ token }) => token.position,
  },
  {
    id: 'neighbours',
    title: 'Nearest tokens',
    meaning: 'Tokens of the vocabulary whose embeddings are nearest; sorted by the cosine of the first',
    descending: true,
    value: ({ token }) => token.neighbours[0]?.cosine,
  },
  {
    id: 'norm',
    title: 'Norm',
    meaning: 'Length of the vector, and the share of the vocabulary that is shorter',
    descending: true,
    value: ({ token }) => token.norm,
  },
  {
    id: 'effect',
    title: 'Effect',
    meaning: 'How much the loss rises on a sample when attention cannot see this virtual token',
    descending: true,
    value: ({ effect }) => effect?.masked.loss,
  },
  {
    id: 'moved',
    title: 'Moved',
    meaning: 'Euclidean distance from where it started',
    descending: true,
    value: ({ token }) => token.moved,
  },
  {
    id: 'initial',
    title: 'Started as',
    meaning: 'The words it was initialised with, and whether they still are among its nearest tokens',
    value: ({ token }) => token.initialWords,
  },
];
export type TokenColumnId = TokenColumn['id'];

export interface TokenSort {
  readonly column: TokenColumnId;
  readonly descending: boolean;
}

/**
 * The rows as the table shows them: those with a neighbour, or initial words, that hold every word of the filter; sorted by a
 * column. Rows without a value come last in either direction; equal ones by position.
 */
export function orderTokens(rows: readonly TokenRow[], filter: string, sort: TokenSort): readonly TokenRow[] {
  const words = filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const holds = ({ token }: TokenRow): boolean => {
    const texts = [token.initialWords ?? '', ...token.neighbours.map(({ text }) => text)].map((text) =>
      text.toLowerCase(),
    );
    return words.every((word) => texts.some((text) => text.includes(word)));
  };
  const { value } = tokenColumns.find(({ id }) => id === sort.column)!;
  const direction = sort.descending ? -1 : 1;
  return rows.filter(holds).toSorted((a, b) => {
    const [left, right] = [value(a), value(b)];
    if (left === undefined || right === undefined) {
      const missing = Number(left === undefined) - Number(right === undefined);
      return missing === 0 ? a.token.position - b.token.position : missing;
    }
    const order =
      typeof left === 'number' && typeof right === 'number' ? left - right : String(left).localeCompare(String(right));
    return order === 0 ? a.token.position - b.token.position : direction * order;
  });
}
