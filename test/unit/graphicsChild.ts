import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Software Vulkan devices: that of Debian's Chromium, and Mesa's, which has 16-bit floats and which tools/lavapipe.mjs fetches. */
const devices = {
  swiftShader: '/usr/lib/chromium/vk_swiftshader_icd.json',
  lavapipe: join(process.cwd(), 'out/lavapipe/icd.json'),
} as const;

/** The variables that make a process take a device; where it is missing, the machine's own is taken. */
export function deviceVariables(device: keyof typeof devices): Record<string, string> {
  const file = devices[device];
  return existsSync(file) ? { VK_ICD_FILENAMES: file, VK_DRIVER_FILES: file } : {};
}

const childWord = 'graphics-child';

/**
 * A native crash of a graphics driver must not take the test runner along, so a test file that uses one is its own child. There it computes what the
 * tests look at and describes none. @returns whether this is the child.
 */
export function answersAsChild(compute: () => Promise<unknown>): boolean {
  if (process.argv[2] !== childWord) return false;
  void compute().then(
    (answer) => process.send!({ answer }, () => process.disconnect()),
    (error: unknown) => process.send!({ error: String(error) }, () => process.disconnect()),
  );
  return true;
}

/** What the child of this test file computes on a device. @throws Error with the child's own where it failed. */
export function answerOfChild<Answer>(device: keyof typeof devices): Promise<Answer> {
  const env = { ...process.env, ...deviceVariables(device) };
  // Each test file is one bundle, so this is its name.
  const child = fork(__filename, [childWord], { env, execArgv: [], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  let stderr = '';
  child.stderr!.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on('message', (message: { readonly answer?: Answer; readonly error?: string }) => {
      if (message.answer !== undefined) resolve(message.answer);
      else reject(new Error(`WebGPU: ${String(message.error)}\nIs a Vulkan device there? npm run setup`));
    });
    child.on('error', reject);
    child.on('exit', (code, signal) => reject(new Error(`the child ended (${String(code ?? signal)}): ${stderr}`)));
  });
}
