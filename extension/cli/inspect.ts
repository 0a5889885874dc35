import { resolve } from 'node:path';
import {
  type NeighbourMetric,
  type PromptInspection,
  type TokenEffects,
  defaultNeighbours,
  neighbourMetrics,
} from '../protocol/inspection';
import { parseWords, printJson, UsageError, type Command } from './command';
import { textTable } from './table';
import { watchedJob } from './watchedJob';

/** Shows what a prompt has learned. */
export const inspect: Command = {
  name: 'inspect',
  usage:
    'inspect PROMPT [--model MODEL] [--neighbours K] [--metric cosine|euclidean] [--effects DATASET|run] [--rows N] [--json]',
  summary:
    'Shows the nearest tokens of each virtual token of a run, a checkpoint, an adapter or a prompt file, and what they are worth. ' +
    '--effects: also how much each virtual token matters, on N rows (64 by default) of a data set or experiment file, or of the dev split of the run.',
  async run(words, resources) {
    const { values, positionals } = parseWords(
      words,
      this.usage,
      {
        model: { type: 'string' },
        neighbours: { type: 'string' },
        metric: { type: 'string' },
        effects: { type: 'string' },
        rows: { type: 'string' },
        json: { type: 'boolean' },
      },
      1,
    );
    const named = {
      prompt: resolve(positionals[0] ?? ''),
      baseFolder: process.cwd(),
      ...(values.model === undefined ? {} : { model: values.model }),
    };
    const neighbours = wholeNumber('neighbours', values.neighbours ?? String(defaultNeighbours));
    const metric = metricNamed(values.metric);
    const inspection = await watchedJob({ kind: 'inspect', ...named, neighbours, metric }, resources);
    const effects =
      values.effects === undefined
        ? undefined
        : await watchedJob(
            {
              kind: 'token-effects',
              ...named,
              ...(values.effects === 'run' ? {} : { dataset: values.effects }),
              ...(values.rows === undefined ? {} : { sampleSize: wholeNumber('rows', values.rows) }),
              executionProvider: 'auto',
            },
            resources,
          );
    if (values.json) printJson({ ...inspection, ...(effects ? { effects } : {}) });
    else process.stdout.write(`${report(inspection, effects)}\n`);
    return 0;
  },
};

/** @throws UsageError naming the option. */
export function wholeNumber(option: string, given: string): number {
  const number = Number(given);
  if (!Number.isInteger(number) || number < 1) throw new UsageError(`--${option} ${given}: give a whole number from 1`);
  return number;
}

/** @throws UsageError for a metric there is not. */
export function metricNamed(name: string | undefined): NeighbourMetric {
  const found = neighbourMetrics.find((each) => each === (name ?? 'cosine'));
  if (!found) throw new UsageError(`--metric ${name}: the metrics are ${neighbourMetrics.join(', ')}`);
  return found;
}

/** Tokens with their spaces to be seen, as "·the"; control characters as JSON writes them. */
export function visibleToken(text: string): string {
  return JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll(' ', '·');
}

/** Neighbours that a line has room for. */
const shownNeighbours = 5;
const shownClusters = 8;

function report(inspection: PromptInspection, effects: TokenEffects | undefined): string {
  const { prompt, model, metric, vocabularyNorms, labels, trajectory, warnings } = inspection;
  const snapshot = inspection.snapshots[0]!;
  const { baseline, clusters } = snapshot;
  const show = (value: number | undefined, digits = 2): string => (value === undefined ? '' : value.toFixed(digits));
  const measured = effects?.metric === 'loss' ? [] : [effects?.metric ?? ''];
  const head = [
    ...['', 'nearest tokens', metric, 'meaning', 'norm', '%ile'],
    ...(trajectory ? ['moved', 'started as', 'still'] : []),
    ...(effects ? ['masked: loss', ...measured, 'replaced: loss', ...measured] : []),
  ];
  const rows = snapshot.tokens.map((token) => {
    const [nearest] = token.neighbours;
    const effect = effects?.tokens[token.position];
    return [
      String(token.position),
      token.neighbours
        .slice(0, shownNeighbours)
        .map(({ text }) => visibleToken(text))
        .join('  '),
      show(metric === 'cosine' ? nearest?.cosine : nearest?.distance),
      token.meaningful ? 'yes' : 'no',
      show(token.norm),
      show(100 * token.normPercentile, 0),
      ...(trajectory
        ? [
            show(token.moved),
            token.initialWords === undefined ? '' : visibleToken(token.initialWords),
            token.persists === undefined ? '' : token.persists ? 'yes' : 'no',
          ]
        : []),
      ...(effect
        ? [effect.masked, effect.replaced].flatMap(({ loss, metric: change }) => [
            show(loss, 3),
            ...measured.map(() => show(change, 3)),
          ])
        : []),
    ];
  });
  const best = { virtual: clusters.virtualTokens, neighbours: clusters.neighbours };
  return [
    `${prompt.name}: ${prompt.length} virtual tokens of width ${prompt.width}${prompt.position ? `, ${prompt.position}` : ''}`,
    `model     ${model.name} (${model.architecture}), vocabulary of ${model.vocabulary}, norms ${show(vocabularyNorms.smallest)} to ${show(vocabularyNorms.largest)}, median ${show(vocabularyNorms.median)}`,
    '',
    textTable([head, ...rows], [1, 7]),
    '',
    `meaning   ${baseline.meaningful} of ${prompt.length} virtual tokens are nearer to a token (cosine above ${show(baseline.threshold, 3)}) than 99 of 100 random vectors`,
    `rank      ${show(snapshot.effectiveRank, 1)} effective, of ${snapshot.spectrum.length}`,
    `copies    ${snapshot.duplicates.length} pairs of virtual tokens are nearly the same`,
    ...(clusters.lexical.length > 0
      ? [
          `words     ${clusters.lexical
            .slice(0, shownClusters)
            .map(({ tokens }) => tokens.map(({ text }) => visibleToken(text)).join(' '))
            .join(' | ')}`,
        ]
      : []),
    ...Object.values(best).map(({ clusters: groups, silhouette }, i) => {
      const kind = ['virtual tokens', 'neighbours'][i]!;
      const names = groups.slice(0, shownClusters).map(({ name }) => name);
      return `clusters  of the ${kind}: ${groups.length}, silhouette ${show(silhouette)}: ${names.join(' | ')}`;
    }),
    ...labels.map(({ words, position, found, lostAt }) => {
      const now = found.find(({ step }) => step === snapshot.step)?.positions ?? [];
      const where = now.length === 0 ? 'near no virtual token' : `near ${now.join(', ')}`;
      const own =
        position === undefined
          ? ''
          : `; started at ${position}, ${lostAt === undefined ? 'still there' : `lost at step ${lostAt}`}`;
      return `label     ${words}: ${where}${own}`;
    }),
    ...(effects
      ? [
          `effects   on ${effects.rows} of ${effects.rowsOf} rows, ${Object.entries(effects.scores)
            .map(([name, value]) => `${name} ${show(value, 3)}`)
            .join(', ')}`,
        ]
      : []),
    ...warnings.map((warning) => `note      ${warning}`),
  ].join('\n');
}
