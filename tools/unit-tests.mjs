// Unit tests: `npm run test:unit [-- WORD...]` runs the files of out/unit whose names hold one of the words, or all.
import { runSuite } from './run-suite.mjs';

await runSuite({ folder: 'out/unit', processes: 2, timeout: 120_000, only: process.argv.slice(2) });
