import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import type * as esbuild from 'esbuild';

// Not imported: the tests are bundles, and esbuild cannot be part of one.
const { build } = createRequire(join(process.cwd(), 'package.json'))('esbuild') as typeof esbuild;

/** Runs a TypeScript file of test/unit in a process of its own, of another user if need be; `folder` is where its bundle goes. */
export async function forkFixture(
  name: string,
  folder: string,
  args: readonly string[],
  user: { readonly uid?: number } = {},
): Promise<ChildProcess> {
  const outfile = join(folder, `${basename(name)}.cjs`);
  await build({
    entryPoints: [join('test/unit', `${name}.ts`)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'error',
  });
  return fork(outfile, args, { ...user, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
}

/** The next message of a forked process. @throws when it ends instead. */
export async function nextMessage(child: ChildProcess): Promise<unknown> {
  const { signal, abort } = cancellation();
  try {
    const message = once(child, 'message', { signal }).then(([value]) => value as unknown);
    const ended = once(child, 'exit', { signal }).then(([code, name]) => {
      throw new Error(`the child ended with ${String(code ?? name)} instead of a message`);
    });
    return await Promise.race([message, ended]);
  } finally {
    abort();
  }
}

function cancellation(): { signal: AbortSignal; abort: () => void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}

/** A process that does nothing until it is killed. */
export async function idleProcess(): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6); console.log(1)']);
  await once(child.stdout, 'data');
  return child;
}

/** Kills a process and waits until it has gone. */
export async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}
