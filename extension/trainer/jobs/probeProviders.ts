import type { ProviderChoice } from '../../protocol/run';
import type { ProbeProvidersJob } from '../../protocol/trainer';
import { attempt } from './context';
import { chooseProvider } from './provider/chooseProvider';

/** Says which execution provider would be used, and why the others would not. */
export function probeProviders({ executionProvider, precision }: ProbeProvidersJob): Promise<ProviderChoice> {
  return attempt('provider-missing', () => chooseProvider(executionProvider, precision));
}
