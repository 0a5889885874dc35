import { executionProviders, type ExecutionProvider } from '../protocol/experiment';
import { UsageError } from './command';

/** The execution provider of `--provider NAME`; auto without one. */
export function providerNamed(name: string | undefined): ExecutionProvider {
  const found = executionProviders.find((each) => each === (name ?? 'auto'));
  if (!found) throw new UsageError(`--provider ${name}: the providers are ${executionProviders.join(', ')}`);
  return found;
}
