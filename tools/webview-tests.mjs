// The panels' own bundles in a real browser, without an editor: `npm run test:webview [-- WORD...]`.
import { runSuite } from './suites.mjs';

await runSuite('webview');
