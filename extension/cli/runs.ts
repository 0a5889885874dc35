import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { RunStore } from '../runs/runStore';
import { parseWords, printJson, type Command } from './command';
import { duration } from './progress';
import { textTable } from './table';

/** Lists the runs of a folder. */
export const runs: Command = {
  name: 'runs',
  usage: 'runs [--runs DIR] [--json]',
  summary: 'Lists runs, newest first. DIR: the folder that holds them, .prompt-runs by default.',
  async run(words) {
    const { values } = parseWords(words, this.usage, { runs: { type: 'string' }, json: { type: 'boolean' } }, 0);
    const folder = resolve(values.runs ?? '.prompt-runs');
    // Without the option nothing was tuned here yet; a folder that somebody names is meant to be there.
    if (values.runs !== undefined && !existsSync(folder))
      throw new Error(`${folder}: there is no such folder. Name the folder that holds the runs.`);
    const { runs: found, unreadable } = await new RunStore(folder).list();
    for (const each of unreadable) process.stderr.write(`softprompt: ${each.folder}: ${each.reason}\n`);
    if (values.json) {
      printJson({ runs: found, unreadable });
    } else if (found.length === 0) {
      process.stdout.write('No runs.\n');
    } else {
      const rows = found.map(({ record, marks }) => [
        record.id,
        record.status,
        record.imported ? 'imported' : `${record.step}/${record.totalSteps}`,
        record.best ? `${record.best.metric} ${record.best.value.toFixed(3)}` : '',
        duration(record.seconds),
        marks.note ?? '',
      ]);
      process.stdout.write(`${textTable([['run', 'status', 'step', 'best on dev', 'time', 'note'], ...rows])}\n`);
    }
    return 0;
  },
};
