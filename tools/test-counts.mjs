// How a suite tells its result: one closing line for people, and a file for `npm test`, which adds the suites up.
import { writeFile } from 'node:fs/promises';

/**
 * Prints `N passed, N failed`, writes the counts to the file that TEST_COUNTS names, and sets the exit status. No tests at
 * all count as a failure: a suite that found nothing has proved nothing.
 * @param {{ passed: number, failed: number }} counts
 */
export async function reportCounts({ passed, failed }) {
  const failures = passed + failed === 0 ? 1 : failed;
  if (process.env.TEST_COUNTS) await writeFile(process.env.TEST_COUNTS, JSON.stringify({ passed, failed: failures }));
  console.log(`${passed} passed, ${failures} failed`);
  process.exitCode = failures === 0 ? 0 : 1;
}
