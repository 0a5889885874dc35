// Measurements: `npm run bench -- NAME` builds and runs test/bench/NAME.ts. What they print depends on the machine and on what else it does, so
// no test waits for them.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';

const [name, ...rest] = process.argv.slice(2);
const names = readdirSync('test/bench').map((file) => file.replace(/\.ts$/, ''));
if (name === undefined || !existsSync(`test/bench/${name}.ts`)) {
  console.log(`Usage: npm run bench -- NAME. There is ${names.join(', ')}.`);
  process.exit(2);
}
execFileSync(process.execPath, ['esbuild.mjs', '--tests=bench'], { stdio: 'inherit' });
execFileSync(process.execPath, [`out/bench/${name}.mjs`, ...rest], { stdio: 'inherit' });
