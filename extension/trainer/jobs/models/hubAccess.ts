import { HubClient } from '../../../library/hub/hubClient';
import { HubError } from '../../../library/hub/hubError';
import { hubSettings } from '../../../library/hub/hubSettings';
import type { HubAccess } from '../../../protocol/models';
import { TrainerFailure } from '../../failure';
import { attempt } from '../context';

/** Does `work` with a client of the hub. @throws TrainerFailure with the hub's own reasons; "bad-model" for a model that is not supported. */
export function withHub<Result>(access: HubAccess, work: (client: HubClient) => Promise<Result>): Promise<Result> {
  return attempt('bad-model', async () => {
    const client = new HubClient(await hubSettings(access));
    try {
      return await work(client);
    } catch (error) {
      if (error instanceof HubError) throw new TrainerFailure(error.code, error.message, error.stack);
      throw error;
    } finally {
      await client.close();
    }
  });
}
