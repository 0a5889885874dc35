import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { errorCode } from './atomicFile';

/**
 * A process that can be told from a later one with the same number.
 * `startedAt` is not meant to be read: on Linux it is the boot id and the start in clock ticks since then, elsewhere what the
 * system's own process list says of the start.
 */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startedAt: string;
}

/** This process, as a run's record keeps it. */
export async function thisProcess(): Promise<ProcessIdentity> {
  return { pid: process.pid, startedAt: (await startOf(process.pid)) ?? '' };
}

/** Whether that very process still runs. Where its start cannot be found out, a process with its number is taken for it. */
export async function isAlive({ pid, startedAt }: ProcessIdentity): Promise<boolean> {
  if (!exists(pid)) return false;
  const start = await startOf(pid);
  if (start === undefined) return process.platform !== 'linux';
  return startedAt === '' || start === startedAt;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Not allowed to signal it, but it is there.
    return errorCode(error) === 'EPERM';
  }
}

/** What tells this start of the process from any other, or undefined when it is gone or cannot be asked. */
function startOf(pid: number): Promise<string | undefined> {
  if (process.platform === 'linux') return Promise.resolve(startFromProc(pid));
  return process.platform === 'win32' ? startFromPowerShell(pid) : startFromPs(pid);
}

/** proc_pid_stat(5): field 3 is the state, field 22 the start; field 2 may itself hold blanks and brackets. */
function startFromProc(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie has ended; only its parent has not looked yet.
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()}:${fields[19]}`;
  } catch {
    return undefined;
  }
}

const run = promisify(execFile);

/** The start to the second, from `ps` of any POSIX system. */
export async function startFromPs(pid: number): Promise<string | undefined> {
  try {
    const { stdout } = await run('ps', ['-o', 'lstart=', '-p', String(pid)], { env: { ...process.env, LC_ALL: 'C' } });
    return stdout.trim() || undefined;
  } catch {
    return undefined;
  }
}

async function startFromPowerShell(pid: number): Promise<string | undefined> {
  try {
    const command = `(Get-Process -Id ${pid}).StartTime.ToFileTimeUtc()`;
    const { stdout } = await run('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', command]);
    return stdout.trim() || undefined;
  } catch {
    return undefined;
  }
}
