// Steps of set-up: silent when quick, a line with the seconds when not, the end of their output when they fail.
import { spawn } from 'node:child_process';

const quietSeconds = 2;
/** Lines shown of a failed command's output, from its beginning and from its end: npm says why at the beginning, compilers at the end. */
const linesShown = 14;

/** A step that could not be done; the message is for the person, and says what to do. */
export class StepFailed extends Error {}

/**
 * Does one step. What takes longer than two seconds is shown: a running clock on a terminal, a line at the start and one at
 * the end elsewhere.
 * @template T
 * @param {string} title What is being done, such as "Installing packages".
 * @param {() => Promise<T>} action
 * @returns {Promise<T>}
 */
export async function step(title, action) {
  const started = performance.now();
  const seconds = () => ((performance.now() - started) / 1000).toFixed(0);
  const terminal = process.stdout.isTTY === true && !process.env.CI;
  let shown = false;
  const show = () => {
    if (terminal)
      process.stdout.write(`\r${'|/-\\'[Math.floor(performance.now() / 250) % 4]} ${title} ... ${seconds()} s `);
    else if (!shown) console.log(`${title} ...`);
    shown = true;
  };
  let ticking;
  const patience = setTimeout(() => {
    show();
    if (terminal) ticking = setInterval(show, 250);
  }, quietSeconds * 1000);
  const end = (verdict) => {
    clearTimeout(patience);
    clearInterval(ticking);
    if (shown) console.log(terminal ? `\r\x1b[K${title}: ${verdict}` : `${title}: ${verdict}`);
  };
  try {
    const value = await action();
    end(`${seconds()} s`);
    return value;
  } catch (error) {
    end('failed');
    throw error;
  }
}

/**
 * Runs a command without showing its output.
 * @param {string} command
 * @param {string[]} args
 * @param {object} options
 * @param {string} [options.cwd]
 * @param {NodeJS.ProcessEnv} [options.env]
 * @param {string} options.advice What the person can do when it fails, one sentence.
 * @returns {Promise<string>} What it wrote.
 * @throws {StepFailed} With the end of the output and the advice.
 */
export async function run(command, args, { cwd, env = process.env, advice }) {
  const shell = process.platform === 'win32' && command === 'npm';
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], shell });
  let output = '';
  child.stdout.on('data', (bytes) => (output += bytes));
  child.stderr.on('data', (bytes) => (output += bytes));
  const status = await new Promise((done) => {
    child.once('error', (error) => done(error.message));
    child.once('close', (code, signal) => done(code ?? signal));
  });
  if (status === 0) return output;
  const lines = output.trimEnd().split('\n');
  const long = lines.length > 2 * linesShown;
  const shown = long ? [...lines.slice(0, linesShown), '...', ...lines.slice(-linesShown)] : lines;
  throw new StepFailed(`${shown.join('\n')}\n\n"${[command, ...args].join(' ')}" ended with ${status}. ${advice}`);
}

/**
 * Runs a program's main part; a failed step ends it with the step's words and no stack trace.
 * @param {() => Promise<void>} main
 */
export async function orFail(main) {
  try {
    await main();
  } catch (error) {
    console.error(error instanceof StepFailed ? `\n${error.message}` : error);
    process.exitCode = 1;
  }
}
