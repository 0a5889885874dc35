// The panels' own bundles in a real browser, without an editor: `npm run test:webview [-- WORD...]`.
import { runSuite } from './run-suite.mjs';

await runSuite({ folder: 'out/webview', only: process.argv.slice(2) });
