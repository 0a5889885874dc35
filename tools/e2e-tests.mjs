// End to end: Playwright drives the workbench of a real VS Code server with the extension installed.
// `npm run test:e2e [-- WORD...]`. VSIX=FILE tests an installed package instead of the repository;
// SCREENSHOTS=FOLDER keeps a picture of the last state of every test.
import { runSuite } from './suites.mjs';

await runSuite('e2e');
