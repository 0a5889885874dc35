import type { LabelPersistence } from '../../extension/protocol/inspection';
import { meaningfulWords, promptFinding, subjectWords } from './inspectFindings';
import type { FindingSource } from './inspectFindings';
import type { TokenRow } from './tokenRows';
import { metricWord } from './runFacts';
import { visibleText } from './visibleText';

/** The table as data: what the rows show, with every digit. */
function records({ snapshot, effects }: FindingSource): readonly Readonly<Record<string, unknown>>[] {
  return snapshot.tokens.map((token) => ({
    ...token,
    ...(effects ? { effect: effects.tokens[token.position] } : {}),
  }));
}

/** The table as JSON, with what it was measured with. */
export function tableJson(source: FindingSource): string {
  const { inspection, snapshot, effects } = source;
  const { prompt, model, metric, neighbours } = inspection;
  return `${JSON.stringify(
    {
      prompt,
      step: snapshot.step,
      model,
      metric,
      neighbours,
      baseline: snapshot.baseline,
      effectiveRank: snapshot.effectiveRank,
      spectrum: snapshot.spectrum,
      duplicates: snapshot.duplicates,
      clusters: snapshot.clusters,
      ...(effects
        ? { effects: { metric: effects.metric, scores: effects.scores, rows: effects.rows, seed: effects.seed } }
        : {}),
      virtualTokens: records(source),
    },
    null,
    2,
  )}\n`;
}

/** The table as CSV (RFC 4180), a row a virtual token in the order given; neighbours in columns of their own. */
export function tableCsv(rows: readonly TokenRow[]): string {
  const count = Math.max(0, ...rows.map(({ token }) => token.neighbours.length));
  const ranks = Array.from({ length: count }, (_, index) => index);
  const header = [
    'position',
    'meaningful',
    'norm',
    'norm_percentile',
    'initial_words',
    'persists',
    'moved',
    'duplicate_of',
    'effect_masked_loss',
    'effect_masked_metric',
    'effect_replaced_loss',
    'effect_replaced_metric',
    ...ranks.flatMap((rank) => [`neighbour_${rank + 1}`, `cosine_${rank + 1}`, `distance_${rank + 1}`]),
  ];
  const lines = rows.map(({ token, effect }) => [
    token.position,
    token.meaningful,
    token.norm,
    token.normPercentile,
    token.initialWords,
    token.persists,
    token.moved,
    token.duplicateOf,
    effect?.masked.loss,
    effect?.masked.metric,
    effect?.replaced.loss,
    effect?.replaced.metric,
    ...ranks.flatMap((rank) => {
      const near = token.neighbours[rank];
      return [near?.text, near?.cosine, near?.distance];
    }),
  ]);
  return [header, ...lines].map((line) => `${line.map(csvField).join(',')}\r\n`).join('');
}

/** The whole inspection as a Markdown report, for a person who does not have the panel. */
export function report(source: FindingSource, labels: readonly LabelPersistence[]): string {
  const { inspection, snapshot, effects } = source;
  const row = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
  const code = (text: string): string => `\`${visibleText(text).replaceAll('`', "'").replaceAll('|', '\\|')}\``;
  const clusters = (['lexical', 'neighbours', 'virtualTokens'] as const).flatMap((kind) => {
    const all = kind === 'lexical' ? snapshot.clusters.lexical : snapshot.clusters[kind].clusters;
    return all.map(
      ({ name, positions, tokens }) =>
        `- ${clusterTitles[kind]} **${name}**: virtual tokens ${positions.join(', ')}; ${tokens
          .slice(0, 8)
          .map(({ text }) => code(text))
          .join(' ')}`,
    );
  });
  const effectTitles = effects ? ['Loss without it', `${metricWord(effects.metric)} without it`] : [];
  const rows = snapshot.tokens.map((token) => {
    const effect = effects?.tokens[token.position]?.masked;
    return row([
      token.position,
      token.neighbours
        .slice(0, 5)
        .map(({ text, cosine }) => `${code(text)} ${cosine.toFixed(2)}`)
        .join(', '),
      token.meaningful ? 'yes' : 'no',
      token.norm.toFixed(3),
      `${(100 * token.normPercentile).toFixed(0)} %`,
      token.initialWords === undefined ? '' : code(token.initialWords),
      token.persists === undefined ? '' : token.persists ? 'yes' : 'no',
      ...(effects ? [signed(effect?.loss), signed(effect?.metric)] : []),
    ]);
  });
  const head = [
    'Position',
    'Nearest tokens (cosine)',
    'Meaningful',
    'Norm',
    'Larger than',
    'Started as',
    'Persists',
    ...effectTitles,
  ];
  return [
    `# Soft prompt: ${subjectWords(source)}`,
    '',
    promptFinding(source),
    '',
    `Neighbour lists mislead: whatever a vector is, some token is nearest. Here ${meaningfulWords(source)}; the others' lists say nothing.`,
    ...(effects
      ? ['', `Effects were measured on ${effects.rows} of ${effects.rowsOf} rows (seed ${effects.seed}).`]
      : ['', 'The effects of the virtual tokens were not measured.']),
    ...(inspection.warnings.length > 0 ? ['', ...inspection.warnings.map((warning) => `> ${warning}`)] : []),
    '',
    '## Virtual tokens',
    '',
    row(head),
    row(head.map(() => '---')),
    ...rows,
    ...(clusters.length > 0 ? ['', '## Clusters', '', ...clusters] : []),
    ...(labels.length > 0
      ? [
          '',
          '## Labels',
          '',
          ...labels.map(({ words, position, lostAt, found }) => {
            const last = found.at(-1);
            const where = last === undefined ? 'not looked for' : placesOf(last.positions);
            const own = position === undefined ? '' : `, initialised at ${position}`;
            const lost = lostAt === undefined ? '' : `, gone from there since step ${lostAt}`;
            return `- ${code(words)}: ${where}${own}${lost}`;
          }),
        ]
      : []),
    '',
  ].join('\n');
}

const clusterTitles = {
  lexical: 'Word forms',
  neighbours: 'Neighbours',
  virtualTokens: 'Virtual tokens',
} as const;

/** Where a label is among the neighbours, in words. */
function placesOf(positions: readonly number[]): string {
  return positions.length === 0
    ? 'among no neighbours'
    : `among the neighbours of virtual token ${positions.join(', ')}`;
}

function signed(value: number | undefined): string {
  return value === undefined ? '' : `${value < 0 ? '' : '+'}${value.toFixed(3)}`;
}

function csvField(value: string | number | boolean | undefined): string {
  if (value === undefined) return '';
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
