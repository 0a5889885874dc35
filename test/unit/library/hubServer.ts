import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** A repository of the server: what its files hold, and who may read it. */
export interface ServedRepository {
  readonly files: Readonly<Record<string, Buffer>>;
  readonly commit?: string;
  /** Only with this token; others are told what the hub tells them. */
  readonly token?: string;
  /** Its terms have to be accepted on its page. */
  readonly gated?: boolean;
  /** More of what a search tells. */
  readonly told?: Readonly<Record<string, unknown>>;
}

/** A request, what it is to get, and what it got. */
export class Exchange {
  /** Bytes of the body sent so far. */
  sent = 0;
  body: Buffer = Buffer.alloc(0);

  constructor(
    readonly request: IncomingMessage,
    readonly response: ServerResponse,
  ) {}

  get path(): string {
    return this.request.url ?? '';
  }

  get headers(): IncomingMessage['headers'] {
    return this.request.headers;
  }

  /** Writes the head of an answer; returns the part of the body that was asked for. */
  begin(): Buffer {
    const { range } = this.headers;
    const from = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
    const part = this.body.subarray(from);
    const size = this.body.length;
    if (range === undefined) this.response.writeHead(200, { 'content-length': size });
    else
      this.response.writeHead(206, {
        'content-length': part.length,
        'content-range': `bytes ${from}-${size - 1}/${size}`,
      });
    return part;
  }

  send(part: Buffer, then: () => void = () => undefined): void {
    this.sent += part.length;
    this.response.write(part, then);
  }

  refuse(code: number, error: string, message: string): void {
    this.response.writeHead(code, { 'x-error-code': error, 'x-error-message': message }).end();
  }
}

/** Answers a request in a way of its own. */
export type Fault = (exchange: Exchange) => void;

/** The commit of a repository that names none. */
export const commit = 'c0ffee0000000000000000000000000000000001';

/** A hub on the loopback, with the parts of the hub's interface that the product uses. */
export class HubServer {
  /** Every request, in order. */
  readonly asked: Exchange[] = [];
  readonly repositories = new Map<string, ServedRepository>();
  readonly #faults: { readonly path: string; readonly fault: Fault; times: number }[] = [];
  readonly #server = createServer((request, response) => this.#answer(request, response));

  static async start(repositories: Readonly<Record<string, ServedRepository>> = {}): Promise<HubServer> {
    const hub = new HubServer();
    for (const [id, repository] of Object.entries(repositories)) hub.repositories.set(id, repository);
    hub.#server.listen(0, '127.0.0.1');
    await once(hub.#server, 'listening');
    return hub;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The next `times` requests whose path holds `path` go wrong in this way. */
  fail(path: string, fault: Fault, times = 1): void {
    this.#faults.push({ path, fault, times });
  }

  /** How often a path that holds this was asked for. */
  count(path: string): number {
    return this.asked.filter((each) => each.path.includes(path)).length;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const exchange = new Exchange(request, response);
    this.asked.push(exchange);
    const fault = this.#faults.find(({ path, times }) => times > 0 && exchange.path.includes(path));
    const body = this.#body(exchange);
    if (fault) fault.times--;
    if (body === undefined) return;
    exchange.body = body;
    (fault?.fault ?? whole)(exchange);
  }

  /** What a request is to get; undefined where it was refused already. */
  #body(exchange: Exchange): Buffer | undefined {
    const url = new URL(exchange.path, this.endpoint);
    if (url.pathname === '/api/models') return this.#search(url, exchange);
    const api = /^\/api\/models\/(.+)\/revision\/([^/]+)$/.exec(url.pathname);
    const file = /^\/(.+)\/resolve\/([0-9a-f]{40})\/(.+)$/.exec(url.pathname);
    const id = (api ?? file)?.[1] ?? '';
    const repository = this.repositories.get(id);
    const token = exchange.headers.authorization?.replace('Bearer ', '');
    if (!repository || (repository.token !== undefined && !repository.gated && repository.token !== token)) {
      exchange.refuse(token === undefined ? 401 : 404, 'RepoNotFound', 'Repository not found');
      return undefined;
    }
    if (api) return Buffer.from(JSON.stringify(described(id, repository)));
    if (repository.gated && repository.token !== token) {
      exchange.refuse(token === undefined ? 401 : 403, 'GatedRepo', `Access to model ${id} is restricted.`);
      return undefined;
    }
    const content = repository.files[file?.[3] ?? ''];
    if (content === undefined) exchange.refuse(404, 'EntryNotFound', 'Entry not found');
    return content;
  }

  #search(url: URL, { response }: Exchange): Buffer {
    const words = url.searchParams.get('search') ?? '';
    const limit = Number(url.searchParams.get('limit'));
    const from = Number(url.searchParams.get('cursor') ?? 0);
    const found = [...this.repositories].filter(([id]) => id.includes(words));
    if (from + limit < found.length) {
      url.searchParams.set('cursor', String(from + limit));
      response.setHeader('link', `<${url.href}>; rel="next"`);
    }
    const page = found
      .slice(from, from + limit)
      .map(([id, { told, gated }]) => ({ id, gated: gated === true, ...told }));
    return Buffer.from(JSON.stringify(page));
  }
}

/** The files of a folder as a repository's. */
export function filesOf(folder: string): Record<string, Buffer> {
  const names = readdirSync(folder).filter((name) => !name.startsWith('expected'));
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name))]));
}

export function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** As git names a blob. */
export function gitBlobId(content: Buffer): string {
  return createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
}

const whole: Fault = (exchange) => exchange.send(exchange.begin(), () => exchange.response.end());

/** Another status, with the headers that the hub explains itself by. */
export const status =
  (code: number, headers: Readonly<Record<string, string>> = {}): Fault =>
  ({ response }) => {
    response.writeHead(code, headers).end();
  };

/** The connection breaks after `bytes` of what was asked for, once the other side has `taken` them. */
export const cutAfter =
  (bytes: number, taken: () => Promise<unknown>): Fault =>
  (exchange) =>
    exchange.send(
      exchange.begin().subarray(0, bytes),
      () =>
        void taken().then(
          () => exchange.response.destroy(),
          () => exchange.response.destroy(),
        ),
    );

/** Sends `bytes`, then nothing more, and leaves the connection open. */
export const stallAfter =
  (bytes: number): Fault =>
  (exchange) =>
    exchange.send(exchange.begin().subarray(0, bytes));

/** Sends a few bytes at a time. */
export const slowly: Fault = (exchange) => {
  const part = exchange.begin();
  const next = (from: number): void => {
    if (from >= part.length) exchange.response.end();
    else exchange.send(part.subarray(from, from + 4096), () => setImmediate(next, from + 4096));
  };
  next(0);
};

/** Sends the whole file, whatever part was asked for. */
export const ignoreRange: Fault = (exchange) => {
  exchange.response.writeHead(200, { 'content-length': exchange.body.length });
  exchange.send(exchange.body, () => exchange.response.end());
};

/** Sends something else in place of the file. */
export const instead =
  (content: Buffer): Fault =>
  (exchange) => {
    exchange.body = content;
    whole(exchange);
  };

export const redirect =
  (address: string, code = 302): Fault =>
  ({ response }) => {
    response.writeHead(code, { location: address }).end();
  };

function described(id: string, { files, commit: sha = commit, gated }: ServedRepository): unknown {
  const siblings = Object.entries(files).map(([rfilename, content]) => ({
    rfilename,
    size: content.length,
    blobId: gitBlobId(content),
    ...(rfilename.endsWith('.safetensors') || rfilename.endsWith('.gguf')
      ? { lfs: { sha256: sha256(content), size: content.length, pointerSize: 130 } }
      : {}),
  }));
  return { id, sha, gated: gated === true, siblings };
}
