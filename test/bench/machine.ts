import { cpus, loadavg, release, totalmem } from 'node:os';

/** What a measurement was made on. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  /** Bytes. */
  readonly memory: number;
  readonly system: string;
  readonly node: string;
  /** Load of the last minute, before the measurement. */
  readonly load: number;
  readonly date: string;
}

export function machine(): Machine {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memory: totalmem(),
    system: `${process.platform} ${process.arch} ${release()}`,
    node: process.version,
    load: loadavg()[0]!,
    date: new Date().toISOString(),
  };
}
