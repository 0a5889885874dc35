import { integer } from './format';

/** A number with its noun: `1 virtual token`, `20 virtual tokens`. */
export function count(number: number, noun: string): string {
  return `${integer(number)} ${noun}${number === 1 ? '' : 's'}`;
}
