// Unit tests: `npm run test:unit [-- WORD...]` runs the files of out/unit whose names hold one of the words, or all.
import { runSuite } from './suites.mjs';

await runSuite('unit');
