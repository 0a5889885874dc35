import { EnvHttpProxyAgent, request, type Dispatcher } from 'undici';
import { HubError, refusalError } from './hubError';
import type { HubSettings } from './hubSettings';
import { retrying, stopped, wait, type Wait } from './retry';

export interface HubAnswer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Dispatcher.ResponseData['body'];
}

export interface ClientOptions {
  /** Milliseconds without a byte after which an answer counts as lost. */
  readonly patience?: number;
  readonly wait?: Wait;
}

const redirects = [301, 302, 303, 307, 308];
const mostRedirects = 5;
/** No list or description of the hub is longer; what is would only fill memory. */
const longestText = 32 * 1024 * 1024;

/**
 * Asks a hub over HTTP, through the proxies of the environment (HTTPS_PROXY, HTTP_PROXY, NO_PROXY). The token goes to the hub alone:
 * files usually come from another host, which never sees it.
 */
export class HubClient {
  readonly wait: Wait;
  readonly #dispatcher: Dispatcher;

  constructor(
    readonly settings: HubSettings,
    options: ClientOptions = {},
  ) {
    this.wait = options.wait ?? wait;
    const patience = options.patience ?? 60_000;
    this.#dispatcher = new EnvHttpProxyAgent({ ...settings.proxies, headersTimeout: patience, bodyTimeout: patience });
  }

  /** A text, tried again while the failure is temporary. @param what for error messages: "the model org/name". */
  async text(
    path: string,
    what: string,
    signal: AbortSignal,
  ): Promise<{ readonly text: string; readonly headers: HubAnswer['headers'] }> {
    return retrying(
      async () => {
        const { headers, body } = await this.open(path, what, signal);
        const parts: Buffer[] = [];
        let length = 0;
        try {
          for await (const part of body as AsyncIterable<Buffer>) {
            parts.push(part);
            length += part.length;
            if (length > longestText) throw new HubError('hub-unreachable', `${what}: the answer is too long.`);
          }
        } catch (error) {
          throw this.lost(error, what, signal);
        }
        return { text: Buffer.concat(parts).toString('utf8'), headers };
      },
      signal,
      this.wait,
    );
  }

  /**
   * One try at an address of the hub, redirects followed. The body is the caller's to read or to destroy.
   * @throws HubError for any answer that is not 2xx, or none.
   */
  async open(
    path: string,
    what: string,
    signal: AbortSignal,
    more: Readonly<Record<string, string>> = {},
  ): Promise<HubAnswer> {
    const { endpoint, token, offline } = this.settings;
    if (offline)
      throw new HubError('hub-unreachable', `HF_HUB_OFFLINE is set, so ${endpoint} is not asked for ${what}.`);
    let url = new URL(endpoint + path);
    const { origin } = url;
    let trusted = true;
    for (let hops = 0; hops <= mostRedirects; hops++) {
      const withToken = trusted && token !== undefined;
      const {
        statusCode: status,
        headers,
        body,
      } = await this.#ask(url, what, signal, {
        ...more,
        'accept-encoding': 'identity',
        'user-agent': 'soft-prompt-studio',
        ...(withToken ? { authorization: `Bearer ${token}` } : {}),
      });
      if (status >= 200 && status < 300) return { status, headers, body };
      await body.dump().catch(() => undefined);
      const location = headers['location'];
      if (!redirects.includes(status) || typeof location !== 'string')
        throw refusalError({ status, headers, what, endpoint: trusted ? endpoint : url.origin, withToken });
      const next = new URL(location, url);
      if (url.protocol === 'https:' && next.protocol !== 'https:')
        throw new HubError('hub-unreachable', `${url.origin} sends on to ${next.origin}, which is not encrypted.`);
      // Once somewhere else, always somewhere else: a host may send back with an address of its own making.
      trusted &&= next.origin === origin;
      url = next;
    }
    throw new HubError('hub-unreachable', `${endpoint} sends ${what} from address to address.`);
  }

  /** What a failed connection is called. */
  lost(error: unknown, what: string, signal: AbortSignal): HubError {
    if (error instanceof HubError) return error;
    if (signal.aborted) return stopped(error);
    const { code, message } = error as NodeJS.ErrnoException;
    const temporary = !/CERT|SELF_SIGNED|UNABLE_TO_VERIFY/.test(code ?? '');
    const advice = temporary
      ? `Check the network, ${this.settings.chosenBy ?? 'HF_ENDPOINT'} and HTTPS_PROXY, and try again.`
      : 'If a proxy of your organisation signs connections, name its certificate in NODE_EXTRA_CA_CERTS.';
    const reason = [code, message].filter((text) => text !== undefined && text !== '').join(', ');
    return new HubError(
      'hub-unreachable',
      `${this.settings.endpoint}: no complete answer for ${what} (${reason}). ${advice}`,
      { temporary, cause: error },
    );
  }

  /** Closes its connections. */
  async close(): Promise<void> {
    await this.#dispatcher.destroy();
  }

  async #ask(
    url: URL,
    what: string,
    signal: AbortSignal,
    headers: Record<string, string>,
  ): Promise<Dispatcher.ResponseData> {
    try {
      return await request(url, { dispatcher: this.#dispatcher, signal, headers });
    } catch (error) {
      throw this.lost(error, what, signal);
    }
  }
}
