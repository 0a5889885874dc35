// Measurements: `npm run bench [-- NAME...]` builds and runs what test/bench/table.ts lists. What they print depends on the machine and on what
// else it does, so no test waits for them.
import { execFileSync } from 'node:child_process';

execFileSync(process.execPath, ['esbuild.mjs', '--tests=bench'], { stdio: 'inherit' });
execFileSync(process.execPath, ['out/bench/run.mjs', ...process.argv.slice(2)], { stdio: 'inherit' });
