import { resolve } from 'node:path';
import { promptFormats } from '../protocol/trainer';
import { runJob } from '../trainer/jobs/table';
import { parseWords, printJson, UsageError, type Command } from './command';
import { quietContext } from './quietContext';

/** Writes a prompt so that other programs read it. */
export const exportPrompt: Command = {
  name: 'export',
  usage: 'export PROMPT OUT [--format peft|npy] [--model MODEL] [--base NAME] [--json]',
  summary:
    'Writes the prompt of a run, a checkpoint, an adapter or a prompt file as a PEFT adapter folder (new or empty) or a .npy file. ' +
    'MODEL: the frozen model of a prompt file that does not say it. NAME: what the adapter is to name as its model, a hub id for example.',
  async run(words, resources) {
    const { values, positionals } = parseWords(
      words,
      this.usage,
      {
        format: { type: 'string' },
        model: { type: 'string' },
        base: { type: 'string' },
        json: { type: 'boolean' },
      },
      2,
    );
    const [prompt = '', destination = ''] = positionals.map((path) => resolve(path));
    const wanted = values.format ?? (destination.toLowerCase().endsWith('.npy') ? 'npy' : 'peft');
    const format = promptFormats.find((each) => each === wanted);
    if (!format) throw new UsageError(`--format ${wanted}: the formats are ${promptFormats.join(', ')}`);
    const written = await runJob(
      {
        kind: 'export-prompt',
        prompt,
        destination,
        format,
        baseFolder: process.cwd(),
        ...(values.model === undefined ? {} : { model: values.model }),
        ...(values.base === undefined ? {} : { baseModel: values.base }),
      },
      quietContext(resources),
    );
    if (values.json) printJson(written);
    else process.stdout.write(`${written.path}: ${written.length} virtual tokens of width ${written.width}\n`);
    if (written.lostPosition)
      process.stderr.write(`A .npy file does not say where its prompt stands: ${written.lostPosition}.\n`);
    return 0;
  },
};
