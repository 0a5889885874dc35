import type { SecretStorage } from 'vscode';
import type { HubAccess } from '../../protocol/models';
import { setting } from '../platform/settings';

const key = 'softPrompt.hubToken';

/** How this person reaches the hub. The token lies in the editor's secret storage and goes to a trainer with its job, nowhere else. */
export class HubAccount {
  constructor(private readonly secrets: SecretStorage) {}

  async access(): Promise<HubAccess> {
    const endpoint = setting('hub.endpoint').trim();
    const token = await this.secrets.get(key);
    return { ...(endpoint ? { endpoint } : {}), ...(token ? { token } : {}) };
  }

  /** The page of a model ("organisation/name") for a browser. */
  page(id: string): string {
    const endpoint = setting('hub.endpoint').trim() || process.env['HF_ENDPOINT'] || 'https://huggingface.co';
    return `${endpoint.replace(/\/+$/, '')}/${id}`;
  }

  async hasToken(): Promise<boolean> {
    return (await this.secrets.get(key)) !== undefined;
  }

  /** Keeps a token; an empty one takes the kept one away. */
  async setToken(token: string): Promise<void> {
    if (token) await this.secrets.store(key, token);
    else await this.secrets.delete(key);
  }
}
