// The browser the tests drive: Debian's Chromium, or whichever one CHROMIUM names.
import { existsSync } from 'node:fs';

const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/**
 * Path of the browser, or undefined when there is none.
 * @returns {string | undefined}
 */
export function chromiumPath() {
  return process.env.CHROMIUM ?? places.find((place) => existsSync(place));
}

/** Nothing outside this machine can be reached, not even by name. */
const offline = '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost';

/** Launch arguments under which the browser asks for nothing by itself. */
export const chromiumArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  offline,
];
