import { createWriteStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32, createInflateRaw } from 'node:zlib';

/** A file within a zip archive (PKWARE APPNOTE 6.3, section 4.3.12). */
interface Entry {
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  /** Where its local header begins. */
  readonly at: number;
}

const endOfDirectory = 0x06054b50;
const directoryEntry = 0x02014b50;
const localHeader = 0x04034b50;
/** The end record and the longest comment behind it. */
const longestEnd = 22 + 65535;
/** No package of ours has a longer list of files. */
const longestDirectory = 16 * 1024 * 1024;
const [stored, deflated] = [0, 8];

/** A zip archive whose files are read one by one, as streams. Archives of 4 GiB and more (zip64) are not read. */
export class ZipFile {
  private constructor(
    private readonly path: string,
    private readonly handle: FileHandle,
    private readonly entries: ReadonlyMap<string, Entry>,
  ) {}

  /** Opens an archive by its list of files. @throws Error for what is no zip archive or is damaged. */
  static async open(path: string): Promise<ZipFile> {
    const handle = await open(path, 'r');
    try {
      return new ZipFile(path, handle, await readDirectory(path, handle));
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** Bytes of a file once it is unpacked. @throws Error where there is none of that name. */
  size(name: string): number {
    return this.#entry(name).size;
  }

  /**
   * Unpacks one file to `target`, which must not exist, and flushes it to the disk.
   * @throws Error where there is none of that name, or its size or checksum is not the one that the archive tells.
   */
  async extract(name: string, target: string, signal: AbortSignal): Promise<void> {
    const entry = this.#entry(name);
    const header = Buffer.alloc(30);
    await this.handle.read(header, 0, 30, entry.at);
    if (header.readUInt32LE(0) !== localHeader) throw new Error(`${this.path}: the entry of ${name} is damaged.`);
    const start = entry.at + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
    let size = 0;
    let crc = 0;
    const checked = new Transform({
      transform: (chunk: Buffer, _encoding, done): void => {
        size += chunk.length;
        crc = crc32(chunk, crc);
        // What unpacks to more than it says would fill the disk.
        if (size > entry.size) done(new Error(`${this.path}: ${name} is longer than the archive says.`));
        else done(null, chunk);
      },
    });
    const content = this.handle.createReadStream({ start, end: start + entry.packed - 1, autoClose: false });
    const file = createWriteStream(target, { flags: 'wx', flush: true });
    if (entry.method === deflated) await pipeline(content, createInflateRaw(), checked, file, { signal });
    else await pipeline(content, checked, file, { signal });
    if (size !== entry.size || crc !== entry.crc)
      throw new Error(`${this.path}: ${name} is damaged; its checksum is not the one that the archive tells.`);
  }

  async close(): Promise<void> {
    await this.handle.close();
  }

  #entry(name: string): Entry {
    const entry = this.entries.get(name);
    if (entry === undefined) throw new Error(`${this.path} does not hold the file ${name}.`);
    if (entry.packed === 0 || (entry.method !== stored && entry.method !== deflated))
      throw new Error(`${this.path}: ${name} is packed in a way that is not read (method ${entry.method}).`);
    return entry;
  }
}

async function readDirectory(path: string, handle: FileHandle): Promise<Map<string, Entry>> {
  const { size } = await handle.stat();
  const tail = Buffer.alloc(Math.min(size, longestEnd));
  await handle.read(tail, 0, tail.length, size - tail.length);
  let end = tail.length - 22;
  while (end >= 0 && tail.readUInt32LE(end) !== endOfDirectory) end--;
  if (end < 0) throw new Error(`${path} is no zip archive.`);
  const [length, offset] = [tail.readUInt32LE(end + 12), tail.readUInt32LE(end + 16)];
  if (length > longestDirectory || offset + length > size)
    throw new Error(`${path}: the list of its files is damaged, or it has 4 GiB or more.`);
  const directory = Buffer.alloc(length);
  await handle.read(directory, 0, length, offset);
  const entries = new Map<string, Entry>();
  for (let at = 0; at + 46 <= length && directory.readUInt32LE(at) === directoryEntry;) {
    const [nameLength, extra, comment] = [28, 30, 32].map((field) => directory.readUInt16LE(at + field));
    entries.set(directory.toString('utf8', at + 46, at + 46 + nameLength!), {
      method: directory.readUInt16LE(at + 10),
      crc: directory.readUInt32LE(at + 16),
      packed: directory.readUInt32LE(at + 20),
      size: directory.readUInt32LE(at + 24),
      at: directory.readUInt32LE(at + 42),
    });
    at += 46 + nameLength! + extra! + comment!;
  }
  return entries;
}
