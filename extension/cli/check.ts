import { basename, resolve } from 'node:path';
import { type DataReport, findingText } from '../protocol/dataCheck';
import { parseWords, printJson, type Command } from './command';
import { textTable } from './table';
import { watchedJob } from './watchedJob';

/** Says what a person should know of a data set before tuning on it. */
export const check: Command = {
  name: 'check',
  usage: 'check FILE.tune.json|DATASET [--model MODEL] [--rows N] [--json]',
  summary:
    'Checks an experiment, or a data set with the task that is guessed for it: classes and balance, lengths, duplicates and near ' +
    'duplicates within and across parts, conflicting labels, answers in the text, rows that are left out and why. N: how many ' +
    'rows of a finding are named, 5 by default. Exit status 1 where something is wrong.',
  async run(words, resources) {
    const options = { model: { type: 'string' }, rows: { type: 'string' }, json: { type: 'boolean' } } as const;
    const { values, positionals } = parseWords(words, this.usage, options, 1);
    const rows = Math.max(0, Math.floor(Number(values.rows ?? 5)) || 0);
    const report = await watchedJob(
      {
        kind: 'check-data',
        file: resolve(positionals[0]!),
        baseFolder: process.cwd(),
        ...(values.model === undefined ? {} : { model: values.model }),
      },
      resources,
    );
    if (values.json) printJson(report);
    else process.stdout.write(`${reportText(report, rows)}\n`);
    return report.findings.some(({ severity }) => severity === 'error') ? 1 : 0;
  },
};

/** The parts as a table, then every finding, the weightiest first. */
function reportText({ file, model, task, parts, findings, used, leftOut }: DataReport, rows: number): string {
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  const table = [
    ['part', 'rows', 'largest class', 'shortest', 'median', '95 %', 'longest', 'cut rows', 'cut tokens'],
    ...parts.map(({ part, rows: count, majority, tokens, cutRows, cutTokens }) => [
      ...[part, count.toLocaleString('en'), majority === undefined ? '' : percent(majority)],
      ...[tokens.shortest, tokens.median, tokens.p95, tokens.longest].map(String),
      ...[cutRows.toLocaleString('en'), percent(cutTokens)],
    ]),
  ];
  const classes = parts.map(({ part, classes: each }) => each && `${part}: ${each.map(classText).join(', ')}`);
  const lines = findings.map((each) => `${each.severity.padEnd(8)}  ${findingText(each, rows)}`);
  return [
    `${basename(file)}${model === undefined ? '' : `, in tokens of ${model}`}`,
    ...(task === undefined ? [] : [`template  ${task.template}`]),
    ...(parts.length === 0 ? [] : ['', textTable(table)]),
    ...(classes.some((each) => each !== undefined) ? ['', ...classes.filter((each) => each !== undefined)] : []),
    ...(parts.length === 0
      ? []
      : [`${used.toLocaleString('en')} rows are used, ${leftOut.toLocaleString('en')} cannot be.`]),
    '',
    ...(lines.length === 0 ? ['Nothing to remark.'] : lines),
  ].join('\n');
}

function classText({ words, values, rows }: { words: string; values: readonly string[]; rows: number }): string {
  const names = values.join('/');
  return `${rows.toLocaleString('en')} ${names === words ? names : `${names} (${words})`}`;
}
