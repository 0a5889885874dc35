import { resolve } from 'node:path';
import type { DownloadProgress, HubSearchResult, ModelEntry, ModelJob } from '../protocol/models';
import type { JobResults, TrainerResources } from '../protocol/trainer';
import { runJob } from '../trainer/jobs/table';
import { parseWords, printJson, UsageError, type Command } from './command';
import { duration, Progress } from './progress';
import { textTable } from './table';

const options = {
  folder: { type: 'string', multiple: true },
  revision: { type: 'string' },
  limit: { type: 'string' },
  json: { type: 'boolean' },
} as const;
type Values = ReturnType<typeof parseWords<typeof options>>['values'];

/** What follows `softprompt models`: how many arguments it takes, the job for them, and how its answer is shown. */
interface Action<Kind extends ModelJob['kind']> {
  readonly least: number;
  readonly most: number;
  readonly job: (words: readonly string[], values: Values) => Extract<ModelJob, { kind: Kind }>;
  readonly show: (result: JobResults[Kind]) => string;
  /** Exit status; default 0. */
  readonly status?: (result: JobResults[Kind]) => number;
}
const action = <Kind extends ModelJob['kind']>(of: Action<Kind>): Action<Kind> => of;

// The endpoint and the token come from the environment, as Python takes them.
const hub = {};
const actions = {
  list: action<'list-models'>({
    ...{ least: 0, most: 0 },
    job: (_, { folder = [] }) => ({ kind: 'list-models', folders: folder.map((each) => resolve(each)) }),
    show: ({ models, problems }) => {
      const broken = models.flatMap(({ model, problem }) => (problem === undefined ? [] : [`${model}: ${problem}`]));
      return [textTable([listHead, ...models.map(listRow)]), ...broken, ...problems].join('\n');
    },
  }),
  recommend: action<'recommend-models'>({
    ...{ least: 0, most: 1 },
    job: ([file]) => ({ kind: 'recommend-models', ...(file === undefined ? {} : { file: resolve(file) }) }),
    show: ({ models, english }) => {
      const language =
        english === undefined ? [] : [english ? 'The texts look English.' : 'The texts do not look English.'];
      const head = ['model', 'parameters', 'download', 'memory', 'a step', 'a Quick run', 'licence'];
      const rows = models.map((each) => [
        each.downloaded ? `${each.id} (here)` : each.id,
        millions(each.parameters),
        sizeText(each.bytes),
        `${sizeText(each.memory.total)}${each.memory.verdict === 'tight' ? ', tight' : ''}`,
        duration(each.stepSeconds),
        `up to ${duration(60 * each.minutes)}`,
        `${each.licence}${each.gated ? ', gated' : ''}`,
      ]);
      if (models.length === 0) return 'No model of the list fits into the memory of this machine.';
      const uses = models.map(({ id, goodFor }) => `${id}: good for ${goodFor}`);
      return [...language, textTable([head, ...rows]), ...uses].join('\n');
    },
  }),
  search: action<'search-hub'>({
    ...{ least: 1, most: Infinity },
    job: (words, { limit }) => ({ kind: 'search-hub', words: words.join(' '), hub, limit: Number(limit ?? 20) }),
    show: ({ results }) =>
      results.length === 0 ? 'No models.' : textTable([searchHead, ...results.map((result) => searchRow(result))]),
  }),
  download: action<'download-model'>({
    ...{ least: 1, most: 1 },
    job: ([id = ''], { revision }) => ({ kind: 'download-model', id, hub, ...(revision ? { revision } : {}) }),
    show: ({ id, folder, commit, fetched }) =>
      `${id} at ${commit}: ${fetched === 0 ? 'everything was there' : `${sizeText(fetched)} fetched`}\n${folder}`,
  }),
  verify: action<'verify-model-files'>({
    ...{ least: 1, most: 1 },
    job: ([model = '']) => ({ kind: 'verify-model-files', model, baseFolder: process.cwd() }),
    show: ({ name, files, problems, notes }) =>
      [
        textTable([
          ['file', 'size', 'state'],
          ...files.map(({ file, bytes, state }) => [file, sizeText(bytes), state]),
        ]),
        ...(problems.length === 0 ? [`${name} is sound.`] : problems),
        ...notes,
      ].join('\n'),
    status: ({ problems }) => (problems.length === 0 ? 0 : 1),
  }),
  remove: action<'remove-model'>({
    ...{ least: 1, most: 1 },
    // A bare name is the hub's; the others are named as the list does with --json.
    job: ([id = '']) => ({ kind: 'remove-model', id: /^(?:hub|unpacked):/.test(id) ? id : `hub:${id}` }),
    show: ({ name, freed }) => `${name} is removed, ${sizeText(freed)} are free again.`,
  }),
};

/** Finds, fetches, checks and removes frozen models. */
export const models: Command = {
  name: 'models',
  usage:
    'models [list|recommend [DATASET]|search WORDS|download ID|verify MODEL|remove ID] [--folder DIR] [--revision NAME] [--limit N] [--json]',
  summary:
    'Lists the models of this machine (and in each DIR), recommends some for it and a data set, searches the hub, fetches a model into the cache that Python uses too, ' +
    'checks its files, or removes it from that cache.',
  run(words, resources) {
    const named = words[0] === undefined || words[0].startsWith('-') ? 'list' : words[0];
    const chosen = Object.entries(actions).find(([name]) => name === named)?.[1];
    if (!chosen)
      throw new UsageError(
        `models ${named}: the words are ${Object.keys(actions).join(', ')}. Usage: softprompt ${this.usage}`,
      );
    const rest = named === words[0] ? words.slice(1) : words;
    return perform(chosen as Action<ModelJob['kind']>, rest, this.usage, resources);
  },
};

async function perform<Kind extends ModelJob['kind']>(
  { least, most, job, show, status }: Action<Kind>,
  words: readonly string[],
  usage: string,
  resources: TrainerResources,
): Promise<number> {
  const { positionals, values } = parseWords(words, usage, options, least, most);
  const progress = new Progress();
  const stopping = new AbortController();
  const onInterrupt = (): void => stopping.abort();
  process.once('SIGINT', onInterrupt);
  try {
    const result = await runJob<Kind>(job(positionals, values), {
      resources,
      signal: stopping.signal,
      orphaned: () => false,
      event: (event) => {
        if (event.type === 'phase') progress.show(event.text, event.share);
        if (event.type === 'download') progress.show(...downloadText(event.progress));
      },
      log: () => undefined,
      heartbeat: () => undefined,
    });
    progress.clear();
    if (values.json) printJson(result);
    else process.stdout.write(`${show(result)}\n`);
    return status?.(result) ?? 0;
  } finally {
    progress.clear();
    process.off('SIGINT', onInterrupt);
  }
}

function downloadText({ file, done, total, rate }: DownloadProgress): [string, number] {
  const speed =
    rate === undefined || rate === 0 ? '' : `, ${sizeText(rate)}/s, ${duration((total - done) / rate)} left`;
  return [`${file}: ${sizeText(done)} of ${sizeText(total)}${speed}`, total === 0 ? 1 : done / total];
}

const listHead = ['model', 'source', 'architecture', 'parameters', 'size', 'stored as', 'runs here'];
function listRow(entry: ModelEntry): string[] {
  const { model, source, architecture = '', parameters, bytes, quantisation = '', memory, problem, runs } = entry;
  const tight = memory?.verdict === 'tight' ? ', tight' : '';
  const refused = runs.ok || problem !== undefined ? 'no, see below' : `no: ${runs.reason}`;
  const verdict = runs.ok ? `yes, ${sizeText(memory?.total ?? 0)}${tight}` : refused;
  return [model, source, architecture, millions(parameters), sizeText(bytes), quantisation, verdict];
}

const searchHead = ['model', 'downloads', 'architecture', 'parameters', 'licence', 'remarks'];
function searchRow({
  id,
  downloads,
  architecture = '',
  supported,
  parameters,
  licence = '',
  gated,
  downloaded,
}: HubSearchResult): string[] {
  const remarks = [
    ...(supported === false ? ['not supported'] : []),
    ...(gated ? ['gated'] : []),
    ...(downloaded ? ['downloaded'] : []),
  ];
  return [id, String(downloads), architecture, millions(parameters), licence, remarks.join(', ')];
}

function millions(parameters: number | undefined): string {
  return parameters === undefined ? '' : `${(parameters / 1e6).toFixed(1)} M`;
}

function sizeText(bytes: number): string {
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}
