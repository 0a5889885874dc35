import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import type { Measurement } from './measurement';

/** What is shipped: the extension host's bundle, minified, and the package for this platform. */
export function sizes(): Promise<readonly Measurement[]> {
  execFileSync(process.execPath, ['tools/package.mjs'], { stdio: 'ignore' });
  const { bytes } = JSON.parse(readFileSync('out/package/bundles.json', 'utf8')) as { bytes: Record<string, number> };
  const platform = `${process.platform}-${process.arch}`;
  const vsix = statSync(`out/soft-prompt-studio-${platform}.vsix`).size;
  return Promise.resolve([
    { what: 'extension.cjs', value: bytes['extension.cjs']! / 1000, unit: 'kB', aim: { most: 200 } },
    { what: `package for ${platform}, with the bundled model`, value: vsix / 1e6, unit: 'MB', aim: { most: 40 } },
  ]);
}
