import { resolve } from 'node:path';
import { runJob } from '../trainer/jobs/table';
import { parseWords, printJson, UsageError, type Command } from './command';
import { Progress } from './progress';
import { quietContext } from './quietContext';

/** Makes a run of a prompt that was learned elsewhere. */
export const importPrompt: Command = {
  name: 'import',
  usage: 'import FILE --model MODEL [--runs DIR] [--name NAME] [--json]',
  summary:
    'Makes a run of a PEFT adapter folder, a .npy file or a .safetensors file with one matrix, for a frozen model ("bundled" or a ' +
    'folder). DIR: where runs are kept, .prompt-runs by default.',
  async run(words, resources) {
    const { values, positionals } = parseWords(
      words,
      this.usage,
      {
        model: { type: 'string' },
        runs: { type: 'string' },
        name: { type: 'string' },
        json: { type: 'boolean' },
      },
      1,
    );
    if (values.model === undefined) throw new UsageError(`--model is missing. Usage: softprompt ${this.usage}`);
    const progress = new Progress();
    const made = await runJob(
      {
        kind: 'import-prompt',
        file: resolve(positionals[0] ?? ''),
        model: values.model,
        baseFolder: process.cwd(),
        runsFolder: resolve(values.runs ?? '.prompt-runs'),
        ...(values.name === undefined ? {} : { name: values.name }),
      },
      quietContext(resources, progress),
    ).finally(() => progress.clear());
    if (values.json) printJson(made);
    else process.stdout.write(`run       ${made.folder}\n`);
    return 0;
  },
};
