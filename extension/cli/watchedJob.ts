import type { Job, JobResults, TrainerResources } from '../protocol/trainer';
import { runJob } from '../trainer/jobs/table';
import { Progress } from './progress';

/** Runs a job in this process, with its phases on standard error; an interrupt asks it to stop, a second one leaves at once. */
export async function watchedJob<Kind extends Job['kind']>(
  job: Extract<Job, { kind: Kind }>,
  resources: TrainerResources,
): Promise<JobResults[Kind]> {
  const progress = new Progress();
  const stopping = new AbortController();
  const onInterrupt = (): void => {
    if (stopping.signal.aborted) process.exit(130);
    progress.show('stopping; once more to leave at once');
    stopping.abort();
  };
  process.on('SIGINT', onInterrupt);
  try {
    return await runJob(job, {
      resources,
      signal: stopping.signal,
      orphaned: () => false,
      event: (event) => {
        if (event.type === 'phase') progress.show(event.text, event.share);
      },
      log: (level, text) => {
        if (level !== 'warn' && level !== 'error') return;
        progress.clear();
        process.stderr.write(`${text}\n`);
      },
      heartbeat: () => undefined,
    });
  } finally {
    progress.clear();
    process.off('SIGINT', onInterrupt);
  }
}
