import type { CudaState } from '../protocol/trainer';
import { UsageError, parseWords, printJson, type Command } from './command';
import { watchedJob } from './watchedJob';

/** Fetches onnxruntime's CUDA libraries, or removes them. */
export const cuda: Command = {
  name: 'cuda',
  usage: 'cuda enable|disable [--feed URL] [--json]',
  summary:
    'Fetches the CUDA libraries of onnxruntime (Linux x64, from nuget.org or the feed at URL) and tries them, or removes them again.',
  async run(words, resources) {
    const options = { feed: { type: 'string' }, json: { type: 'boolean' } } as const;
    const { values, positionals } = parseWords(words, this.usage, options, 1);
    const [action] = positionals;
    if (action === 'disable') {
      const removed = await watchedJob<'disable-cuda'>({ kind: 'disable-cuda' }, resources);
      if (values.json) printJson(removed);
      else process.stdout.write(`${megabytes(removed.freed)} are free again.\n`);
      return 0;
    }
    if (action !== 'enable') throw new UsageError(`cuda ${action}: the actions are enable, disable`);
    const job = { kind: 'enable-cuda', ...(values.feed ? { feed: values.feed } : {}) } as const;
    const state = await watchedJob<'enable-cuda'>(job, resources);
    if (values.json) printJson(state);
    else process.stdout.write(`${inWords(state)}\n`);
    return state.problem === undefined ? 0 : 1;
  },
};

function inWords({ folder, bytes, problem }: CudaState): string {
  const there = `${megabytes(bytes)} of CUDA libraries are in ${folder}`;
  return problem === undefined ? `${there}; the provider works.` : `${there}.\n${problem}`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
