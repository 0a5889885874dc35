import { parseArgs, type ParseArgsConfig } from 'node:util';
import type { TrainerResources } from '../protocol/trainer';

/** One command of the command line. */
export interface Command {
  readonly name: string;
  /** Arguments and options as the help shows them, after `softprompt`. */
  readonly usage: string;
  readonly summary: string;
  /** Returns the exit status. Throws {@link UsageError} on wrong use, any other error on failure. */
  readonly run: (words: readonly string[], resources: TrainerResources) => Promise<number>;
}

/** Wrong use of the command line: exit status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * Parses the words after the command's name; what does not fit is a {@link UsageError} that shows the right use.
 * @param positionals how many arguments there must be; `most` where there may be more.
 */
export function parseWords<Options extends NonNullable<ParseArgsConfig['options']>>(
  words: readonly string[],
  usage: string,
  options: Options,
  positionals: number,
  most = positionals,
): ReturnType<typeof parseArgs<{ args: string[]; options: Options; allowPositionals: true; strict: true }>> {
  try {
    const parsed = parseArgs({ args: [...words], options, allowPositionals: true as const, strict: true as const });
    if (parsed.positionals.length < positionals || parsed.positionals.length > most) {
      throw new UsageError(
        `expected ${positionals} argument${positionals === 1 ? '' : 's'}, got ${parsed.positionals.length}`,
      );
    }
    return parsed;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}. Usage: softprompt ${usage}`);
  }
}

/** Writes the one JSON object that ends standard output. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
