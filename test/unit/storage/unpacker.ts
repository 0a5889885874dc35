import { unpackedFolder } from '../../../extension/engine/storage/unpackedFolder';

/** Unpacks a folder of a package when it is told to, and tells where, or what went wrong. */
const [folder, cache] = process.argv.slice(2);
process.once('message', () => {
  unpackedFolder(folder!, cache)
    .then(
      (place) => process.send!({ place }),
      (error: unknown) => process.send!({ problem: (error as Error).message }),
    )
    .finally(() => process.disconnect());
});
process.send!({ ready: true });
