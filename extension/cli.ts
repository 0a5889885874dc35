import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { check } from './cli/check';
import { cuda } from './cli/cuda';
import { diff } from './cli/diff';
import { evaluate } from './cli/evaluate';
import { exportPrompt } from './cli/exportPrompt';
import { generate } from './cli/generate';
import { importPrompt } from './cli/importPrompt';
import { models } from './cli/models';
import { inspect } from './cli/inspect';
import { runs } from './cli/runs';
import { tune } from './cli/tune';
import { UsageError, type Command } from './cli/command';
import { verify } from './cli/verify';

// onnxruntime reads this when its library loads, which is later than this line.
process.env['ORT_DISABLE_TELEMETRY'] = '1';

const commands: readonly Command[] = [
  tune,
  runs,
  check,
  verify,
  generate,
  evaluate,
  inspect,
  diff,
  importPrompt,
  exportPrompt,
  models,
  cuda,
];

const usage = [
  'Usage: softprompt COMMAND, or softprompt --version',
  '',
  ...commands.flatMap(({ usage, summary }) => [`  softprompt ${usage}`, `      ${summary}`]),
  '',
  'With --json the last line of standard output is one JSON object.',
  'Exit status: 0 done, 1 failed, 2 wrong use.',
].join('\n');

async function main(words: readonly string[]): Promise<number> {
  const [name, ...rest] = words;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    process.stdout.write(`${usage}\n`);
    return name === undefined ? 2 : 0;
  }
  if (name === '--version' || name === '-v') {
    const { version } = JSON.parse(await readFile(join(__dirname, '../package.json'), 'utf8')) as { version: string };
    process.stdout.write(`${version}\n`);
    return 0;
  }
  const command = commands.find((each) => each.name === name);
  if (!command)
    throw new UsageError(`unknown command "${name}"; the commands are ${commands.map((each) => each.name).join(', ')}`);
  if (rest.includes('--help') || rest.includes('-h')) {
    process.stdout.write(`Usage: softprompt ${command.usage}\n    ${command.summary}\n`);
    return 0;
  }
  return command.run(rest, { bundledModel: join(__dirname, '../media/model') });
}

/** Waits until everything written has left the process: `process.exit` alone may cut a pipe short. */
async function drained(): Promise<void> {
  await Promise.all(
    [process.stdout, process.stderr].map((stream) => new Promise((resolve) => stream.write('', resolve))),
  );
}

main(process.argv.slice(2))
  .catch((error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`softprompt: ${message}\n`);
    return error instanceof UsageError ? 2 : 1;
  })
  .then(async (status) => {
    await drained();
    process.exit(status);
  })
  .catch(() => process.exit(1));
