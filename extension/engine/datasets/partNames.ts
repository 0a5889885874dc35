import type { Part } from './splits';

/** What people and the datasets library call the parts of a data set, most usual name first. */
const names: Readonly<Record<Part, readonly string[]>> = {
  train: ['train', 'training'],
  dev: ['dev', 'validation', 'valid', 'val', 'development'],
  test: ['test', 'testing'],
};

/** The part that a name means, whatever its case. */
export function partNamed(name: string): Part | undefined {
  const lower = name.toLowerCase();
  return (Object.keys(names) as Part[]).find((part) => names[part].includes(lower));
}
