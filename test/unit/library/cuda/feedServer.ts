import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { crc32, deflateRawSync } from 'node:zlib';

/** A zip archive of these files, deflated (PKWARE APPNOTE 6.3). */
export function zipOf(files: Readonly<Record<string, Buffer>>): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, content] of Object.entries(files)) {
    const packed = deflateRawSync(content);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(name.length, 22);
    parts.push(Buffer.from('PK\x03\x04'), common, Buffer.from(name), packed);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(at, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\x00'), common, place, Buffer.from(name));
    at += 30 + name.length + packed.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(Object.keys(files).length, 8);
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(list.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, list, end]);
}

/** A feed of packages with one package, as NuGet's protocol has it, version 3. */
export class FeedServer {
  readonly requests: string[] = [];
  /** Ranges that were asked for of the package. */
  readonly ranges: (string | undefined)[] = [];
  /** Bytes of the package after which the connection breaks, once, when the other side has `taken` them. */
  breaking: { readonly after: number; readonly taken: () => Promise<unknown> } | undefined;
  /** What the catalog tells instead of the package's own hash; null: nothing. */
  toldHash: string | null | undefined;

  private constructor(
    private readonly server: Server,
    private readonly archive: Buffer,
  ) {}

  static async start(name: string, version: string, archive: Buffer): Promise<FeedServer> {
    const server = createServer((request, response) => feed.#answer(name, version, request.url!, request, response));
    const feed = new FeedServer(server, archive);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return feed;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }
  get index(): string {
    return `${this.origin}/v3/index.json`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  #answer(name: string, version: string, path: string, { headers }: IncomingMessage, response: ServerResponse): void {
    this.requests.push(path);
    const id = name.toLowerCase();
    const described: Readonly<Record<string, () => unknown>> = {
      '/v3/index.json': () => ({
        resources: [{ '@id': `${this.origin}/registration/`, '@type': 'RegistrationsBaseUrl' }],
      }),
      [`/registration/${id}/${version}.json`]: () => ({
        catalogEntry: `${this.origin}/catalog/${id}.json`,
        packageContent: `${this.origin}/content/${id}.nupkg`,
      }),
      [`/catalog/${id}.json`]: () => ({
        packageHash:
          this.toldHash === undefined ? createHash('sha512').update(this.archive).digest('base64') : this.toldHash,
        packageHashAlgorithm: 'SHA512',
        packageSize: this.archive.length,
      }),
    };
    const description = described[path];
    if (description !== undefined) response.end(JSON.stringify(description()));
    else if (path === `/content/${id}.nupkg`) this.#content(headers.range, response);
    else response.writeHead(404).end();
  }

  #content(range: string | undefined, response: ServerResponse): void {
    this.ranges.push(range);
    const from = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
    const part = this.archive.subarray(from);
    const size = this.archive.length;
    response.writeHead(from > 0 ? 206 : 200, {
      'content-length': part.length,
      ...(from > 0 ? { 'content-range': `bytes ${from}-${size - 1}/${size}` } : {}),
    });
    const { breaking } = this;
    this.breaking = undefined;
    if (breaking === undefined) {
      response.end(part);
      return;
    }
    // What is still on its way when a connection breaks never arrives.
    const end = (): void => void response.destroy();
    response.write(part.subarray(0, breaking.after), () => void breaking.taken().then(end, end));
  }
}
