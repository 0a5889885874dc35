// How a suite tells its result: one closing line for people, and a file for whoever adds the suites up.
import { writeFile } from 'node:fs/promises';

/**
 * @typedef {{ passed: number, failed: number, failures?: string[] }} Counts What failed has a line each: its title, and the first line
 * of its message.
 */

/**
 * Writes the counts to the file that TEST_COUNTS names and sets the exit status. No tests at all count as a failure: a
 * suite that found nothing has proved nothing.
 * @param {Counts} counts
 * @param {boolean} mayBeEmpty Of one file of several, in which the words of GREP need not stand.
 * @returns {Promise<Counts>} The counts as told.
 */
export async function recordCounts({ passed, failed, failures = [] }, mayBeEmpty = false) {
  const counts = { passed, failed: passed + failed === 0 && !mayBeEmpty ? 1 : failed, failures };
  if (process.env.TEST_COUNTS) await writeFile(process.env.TEST_COUNTS, JSON.stringify(counts));
  process.exitCode = counts.failed === 0 ? 0 : 1;
  return counts;
}

/**
 * {@link recordCounts}, and the closing line.
 * @param {Counts} counts
 */
export async function reportCounts(counts) {
  const { passed, failed } = await recordCounts(counts);
  console.log(`${passed} passed, ${failed} failed`);
}
