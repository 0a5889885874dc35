import type { TrainerResources } from '../protocol/trainer';
import type { JobContext } from '../trainer/jobs/context';
import type { Progress } from './progress';

/** For jobs that are done within seconds: shows their phases where `progress` is given, and their warnings. */
export function quietContext(resources: TrainerResources, progress?: Progress): JobContext {
  return {
    resources,
    signal: new AbortController().signal,
    orphaned: () => false,
    event: (event) => {
      if (event.type === 'phase') progress?.show(event.text, event.share);
    },
    log: (level, text) => {
      if (level !== 'warn' && level !== 'error') return;
      progress?.clear();
      process.stderr.write(`${text}\n`);
    },
    heartbeat: () => undefined,
  };
}
