// Steps of prompt tuning on a GPU, ours against torch's: `npm run bench:gpu -- --python PATH`. Needs a Python with torch and transformers;
// `--tiny` tries it on a software device. See docs/performance.md.
import { execFileSync } from 'node:child_process';

execFileSync(process.execPath, ['esbuild.mjs', '--tests=bench'], { stdio: 'inherit' });
execFileSync(process.execPath, ['out/bench/gpu/run.mjs', ...process.argv.slice(2)], { stdio: 'inherit' });
