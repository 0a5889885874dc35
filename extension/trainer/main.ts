import { constants, setPriority } from 'node:os';
import { trainerProtocolVersion, type FromTrainer, type ToTrainer } from '../protocol/trainer';
import { TrainerFailure } from './failure';
import { runJob } from './jobs/table';

/**
 * Entry of the trainer, a forked child process: one job, then it leaves. When the other end goes away (the window was
 * closed or reloaded) the job stops at the next step, with a checkpoint, as if it had been asked to.
 */
process.env['ORT_DISABLE_TELEMETRY'] = '1';
// It would take every core; the editor and the person's other work come first.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL);

const stopping = new AbortController();
let orphaned = false;
let started = false;

function send(message: FromTrainer): void {
  // The host may be gone between two steps; then there is nobody to tell.
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

/** Leaves once everything sent has been handed over. */
function leave(message: FromTrainer): void {
  if (!process.connected || !process.send) process.exit(0);
  process.send(message, undefined, undefined, () => process.exit(0));
}

async function start(message: Extract<ToTrainer, { type: 'start' }>): Promise<void> {
  try {
    const result = await runJob(message.job, {
      resources: message.resources,
      signal: stopping.signal,
      orphaned: () => orphaned,
      event: (event) => send({ type: 'event', event }),
      log: (level, text) => send({ type: 'log', level, text }),
      heartbeat: () => send({ type: 'heartbeat' }),
    });
    leave({ type: 'done', result });
  } catch (error) {
    if (error instanceof TrainerFailure) {
      leave({
        type: 'failed',
        code: error.code,
        message: error.message,
        ...(error.detail ? { detail: error.detail } : {}),
      });
    } else {
      const thrown = error instanceof Error ? error : new Error(String(error));
      leave({
        type: 'failed',
        code: 'internal',
        message: thrown.message,
        ...(thrown.stack ? { detail: thrown.stack } : {}),
      });
    }
  }
}

process.on('message', (message: ToTrainer) => {
  switch (message.type) {
    case 'hello':
      if (message.version !== trainerProtocolVersion) {
        leave({
          type: 'failed',
          code: 'version-mismatch',
          message: `The trainer speaks protocol ${trainerProtocolVersion}, the extension ${message.version}. Reload the window to finish the update.`,
        });
        return;
      }
      send({ type: 'ready', version: trainerProtocolVersion, pid: process.pid });
      return;
    case 'start':
      started = true;
      void start(message);
      return;
    case 'stop':
      stopping.abort();
      return;
  }
});
process.on('disconnect', () => {
  orphaned = true;
  if (!started) process.exit(0);
  stopping.abort();
});
