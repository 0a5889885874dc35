import { resolve } from 'node:path';
import { tokenChanges, type PromptDiff, type TokenDifference, type TokenNeighbour } from '../protocol/inspection';
import { defaultNeighbours } from '../protocol/inspection';
import { parseWords, printJson, type Command } from './command';
import { metricNamed, visibleToken, wholeNumber } from './inspect';
import { textTable } from './table';
import { watchedJob } from './watchedJob';

/** Shows what differs between two prompts. */
export const diff: Command = {
  name: 'diff',
  usage: 'diff A B [--model MODEL] [--neighbours K] [--metric cosine|euclidean] [--json]',
  summary:
    'Compares two prompts of one frozen model, token by token, with a moved token found again: runs, checkpoints, adapters, prompt files. ' +
    'MODEL: taken to be the model of both.',
  async run(words, resources) {
    const { values, positionals } = parseWords(
      words,
      this.usage,
      {
        model: { type: 'string' },
        neighbours: { type: 'string' },
        metric: { type: 'string' },
        json: { type: 'boolean' },
      },
      2,
    );
    const [a = '', b = ''] = positionals.map((path) => resolve(path));
    const found = await watchedJob(
      {
        kind: 'diff-prompts',
        a,
        b,
        baseFolder: process.cwd(),
        neighbours: wholeNumber('neighbours', values.neighbours ?? String(defaultNeighbours)),
        metric: metricNamed(values.metric),
        ...(values.model === undefined ? {} : { model: values.model }),
      },
      resources,
    );
    if (values.json) printJson(found);
    else process.stdout.write(`${report(found)}\n`);
    return 0;
  },
};

function tokensOf({ length, position }: PromptDiff['a']): string {
  return `${length} virtual tokens${position ? `, ${position}` : ''}`;
}

function report({ a, b, model, tokens, configuration, scores, warnings }: PromptDiff): string {
  const counts = tokenChanges.flatMap((change) => {
    const count = tokens.filter((token) => token.change === change).length;
    return count === 0 ? [] : [`${count} ${change}`];
  });
  const lines = [
    `a         ${a.name} (${tokensOf(a)})`,
    `b         ${b.name} (${tokensOf(b)})`,
    `model     ${model.name}`,
    `tokens    ${counts.join(', ')}`,
    '',
    textTable(
      [['a', 'b', 'change', 'cosine', 'distance', 'norm a', 'norm b', 'stayed', 'left', 'came'], ...tokens.map(row)],
      [2, 7, 8, 9],
    ),
  ];
  if (configuration.length > 0)
    lines.push('', textTable([['setting', 'a', 'b'], ...configuration.map((each) => [each.field, each.a, each.b])]));
  if (scores.length > 0)
    lines.push(
      '',
      textTable([
        ['score', 'a', 'b'],
        ...scores.map(({ split, metric, ...each }) => [`${split} ${metric}`, each.a.toFixed(3), each.b.toFixed(3)]),
      ]),
    );
  return [...lines, ...(warnings.length > 0 ? [''] : []), ...warnings.map((warning) => `note      ${warning}`)].join(
    '\n',
  );
}

/** Tokens that a cell has room for. */
const shownTokens = 3;

function row({ a, b, change, cosine, distance, normA, normB, left, stayed, came }: TokenDifference): string[] {
  const show = (value: number | undefined, digits: number): string => value?.toFixed(digits) ?? '';
  const list = (neighbours: readonly TokenNeighbour[]): string =>
    neighbours
      .slice(0, shownTokens)
      .map(({ text }) => visibleToken(text))
      .join(' ');
  return [
    ...[show(a, 0), show(b, 0), change, show(cosine, 3), show(distance, 3), show(normA, 2), show(normB, 2)],
    ...[list(stayed), list(left), list(came)],
  ];
}
