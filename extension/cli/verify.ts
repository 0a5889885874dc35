import { verifyModel } from '../engine/models/verifyModel';
import { namedModel } from '../trainer/jobs/namedModel';
import { parseWords, printJson, UsageError, type Command } from './command';
import { Progress } from './progress';
import { textTable } from './table';

/** Checks a model: its graph is built and its prompt gradient compared with differences in float64. */
export const verify: Command = {
  name: 'verify',
  usage: 'verify MODEL [--entries N] [--json]',
  summary:
    'Builds the graph of a model folder (or "bundled") and compares its prompt gradient in float64 with central ' +
    'differences at N entries, 32 by default.',
  async run(words, resources) {
    const { values, positionals } = parseWords(
      words,
      this.usage,
      { entries: { type: 'string' }, json: { type: 'boolean' } },
      1,
    );
    const entries = Number(values.entries ?? 32);
    if (!Number.isInteger(entries) || entries < 1)
      throw new UsageError(`--entries ${values.entries}: give a whole number from 1`);
    const progress = new Progress();
    progress.show('comparing the prompt gradient with central differences in float64');
    const { folder, name } = await namedModel(positionals[0] ?? '', process.cwd(), resources);
    const result = await verifyModel(folder, { name, entries }).finally(() => progress.clear());
    if (values.json) {
      printJson(result);
    } else {
      const rows = [
        ['model', result.name],
        ['architecture', result.architecture],
        ['parameters', String(result.parameters)],
        ['vocabulary', String(result.vocabulary)],
        ['width x layers', `${result.width} x ${result.layers}`],
        ['gradient entries compared', `${result.compared} of ${result.entries}`],
        ['largest gradient entry', result.largestGradient.toExponential(3)],
        ['largest difference', result.absoluteError.toExponential(3)],
        ['relative to the largest entry', result.relativeError.toExponential(3)],
        ['seconds', result.seconds.toFixed(1)],
        ['verdict', result.passed ? 'the gradient is right' : 'THE GRADIENT IS WRONG'],
      ];
      process.stdout.write(`${textTable([['what', 'value'], ...rows])}\n`);
      for (const note of result.notes) process.stdout.write(`note: ${note}\n`);
    }
    return result.passed ? 0 : 1;
  },
};
