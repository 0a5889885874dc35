import * as z from 'zod/mini';
import { HubClient, type ClientOptions } from '../hub/hubClient';
import { HubError } from '../hub/hubError';
import type { HubSettings } from '../hub/hubSettings';

/** Where the public packages of .NET lie; onnxruntime-node's own installer fetches from there. */
export const publicFeed = 'https://api.nuget.org/v3/index.json';

/** A package as its feed describes it. */
export interface FeedPackage {
  readonly name: string;
  readonly version: string;
  readonly url: string;
  readonly size: number;
  /** 128 hexadecimal digits. */
  readonly sha512: string;
}

// https://learn.microsoft.com/nuget/api/service-index, registration-base-url-resource, catalog-resource
const serviceIndex = z.object({ resources: z.array(z.object({ '@id': z.string(), '@type': z.string() })) });
const registrationLeaf = z.object({ packageContent: z.string(), catalogEntry: z.string() });
const catalogLeaf = z.object({
  packageHash: z.string(),
  packageHashAlgorithm: z.literal('SHA512'),
  packageSize: z.int().check(z.gte(1)),
});

/** The resources whose answers are not compressed. */
const registrations = ['RegistrationsBaseUrl', 'RegistrationsBaseUrl/3.0.0-rc', 'RegistrationsBaseUrl/3.0.0-beta'];

/** Asks a feed of packages (NuGet, version 3) over the proxies of the environment, with the hub's patience and repetitions. */
export class PackageFeed {
  readonly #clients = new Map<string, HubClient>();

  /** @param index address of the feed's service index. */
  constructor(
    readonly index: string,
    private readonly proxies: HubSettings['proxies'],
    private readonly options: ClientOptions = {},
  ) {}

  /** @throws HubError for a feed without it, or that does not answer. */
  async describe(name: string, version: string, signal: AbortSignal): Promise<FeedPackage> {
    const what = `the package ${name} ${version}`;
    const { resources } = await this.#json(serviceIndex, this.index, `the index of ${this.index}`, signal);
    const base = registrations
      .map((type) => resources.find((each) => each['@type'] === type)?.['@id'])
      .find((id) => id !== undefined);
    if (base === undefined)
      throw new HubError('hub-missing', `${this.index} is no feed of packages: it names no registrations.`);
    const place = `${base.replace(/\/*$/, '/')}${name.toLowerCase()}/${version.toLowerCase()}.json`;
    const { packageContent, catalogEntry } = await this.#json(registrationLeaf, place, what, signal);
    const { packageHash, packageSize } = await this.#json(catalogLeaf, catalogEntry, what, signal);
    const sha512 = Buffer.from(packageHash, 'base64').toString('hex');
    if (sha512.length !== 128) throw new HubError('hub-unreachable', `${this.index} tells no SHA-512 of ${what}.`);
    return { name, version, url: packageContent, size: packageSize, sha512 };
  }

  /** The client of an address's host and the address's path on it. @throws HubError for what is no web address. */
  at(address: string): { readonly client: HubClient; readonly path: string } {
    const url = URL.canParse(address) ? new URL(address) : undefined;
    if (url?.protocol !== 'https:' && url?.protocol !== 'http:')
      throw new HubError('hub-missing', `${this.index} is no feed of packages: "${address}" is not a web address.`);
    let client = this.#clients.get(url.origin);
    if (client === undefined) {
      const settings = { endpoint: url.origin, chosenBy: 'the feed', token: undefined, offline: false, cache: '' };
      client = new HubClient({ ...settings, proxies: this.proxies }, this.options);
      this.#clients.set(url.origin, client);
    }
    return { client, path: url.pathname + url.search };
  }

  async close(): Promise<void> {
    await Promise.all([...this.#clients.values()].map((client) => client.close()));
  }

  async #json<Schema extends z.ZodMiniType>(
    schema: Schema,
    address: string,
    what: string,
    signal: AbortSignal,
  ): Promise<z.infer<Schema>> {
    const { client, path } = this.at(address);
    try {
      const { text } = await client.text(path, what, signal);
      return schema.parse(JSON.parse(text));
    } catch (error) {
      if (error instanceof HubError && error.code === 'hub-missing')
        throw new HubError('hub-missing', `${this.index} does not have ${what}. Name another feed.`, { cause: error });
      if (error instanceof HubError) throw error;
      // Mirrors often leave out the catalog, and with it the hash.
      throw new HubError(
        'hub-missing',
        `${this.index} does not tell size and SHA-512 of ${what} as nuget.org does. Name another feed.`,
        { cause: error },
      );
    }
  }
}
