import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HubClient } from '../../../extension/library/hub/hubClient';
import { HubError, type HubErrorCode } from '../../../extension/library/hub/hubError';
import { hubSettings } from '../../../extension/library/hub/hubSettings';
import { downloadModel, type Snapshot, type SnapshotOptions } from '../../../extension/library/hub/snapshot';
import { modelFixtures } from '../models/modelFixtures';
import { filesOf, HubServer, type ServedRepository } from './hubServer';

export const tiny = 'lab/tiny';
export const tinyFiles = filesOf(join(modelFixtures, 'llama-tied'));
export const weights = tinyFiles['model.safetensors']!;

/** A hub with one model, an empty home folder, and a client that never really waits. */
export class HubFixture {
  /** What the client would have waited, milliseconds. */
  readonly waits: number[] = [];
  readonly #clients: HubClient[] = [];

  private constructor(
    readonly hub: HubServer,
    readonly home: string,
  ) {}

  static async start(
    repositories: Readonly<Record<string, ServedRepository>> = { [tiny]: { files: tinyFiles } },
  ): Promise<HubFixture> {
    return new HubFixture(await HubServer.start(repositories), await mkdtemp(join(tmpdir(), 'hub-')));
  }

  get cache(): string {
    return join(this.home, '.cache/huggingface/hub');
  }

  get environment(): Record<string, string> {
    return { HOME: this.home, USERPROFILE: this.home, HF_ENDPOINT: this.hub.endpoint };
  }

  async client(
    environment: Readonly<Record<string, string>> = {},
    patience?: number,
    onWait: () => void = () => undefined,
  ): Promise<HubClient> {
    const client = new HubClient(await hubSettings({}, { ...this.environment, ...environment }), {
      ...(patience === undefined ? {} : { patience }),
      wait: (milliseconds) => {
        this.waits.push(milliseconds);
        onWait();
        return new Promise((resolve) => setImmediate(resolve));
      },
    });
    this.#clients.push(client);
    return client;
  }

  async download(
    options: Partial<SnapshotOptions> = {},
    environment: Readonly<Record<string, string>> = {},
    id = tiny,
  ): Promise<Snapshot> {
    const signal = new AbortController().signal;
    return downloadModel(await this.client(environment), id, 'main', { signal, ...options });
  }

  async close(): Promise<void> {
    for (const client of this.#clients) await client.close();
    await this.hub.close();
    await rm(this.home, { recursive: true, force: true });
  }
}

/** For assert.rejects: a HubError of this kind whose message matches. */
export function hubError(code: HubErrorCode, message: RegExp): (error: unknown) => boolean {
  return (error) => {
    if (!(error instanceof HubError)) throw error;
    if (error.code !== code || !message.test(error.message))
      throw new Error(`expected ${code} and ${String(message)}, got ${error.code}: ${error.message}`);
    return true;
  };
}
