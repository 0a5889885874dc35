// Mesa's lavapipe, a software Vulkan device with 16-bit floats, which the one in Chromium lacks. It is unpacked into out/lavapipe, not installed.
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StepFailed, run, step } from './progress.mjs';

const folder = resolve(dirname(fileURLToPath(import.meta.url)), '../out/lavapipe');
const library = 'libvulkan_lvp.so';
/** The first version that onnxruntime's WebGPU takes. */
const oldest = 24;
const advice = 'Check the network and "apt-get update", then run this again.';

/** Packages whose libraries lavapipe loads, beside those that Chromium brings. */
export const lavapipePackages = ['libegl-mesa0', 'libglx-mesa0'];

/** Makes `out/lavapipe/icd.json`, which `VK_ICD_FILENAMES` names; where there is no apt-get, the tests take the machine's own device. */
export async function fetchLavapipe() {
  if (existsSync(join(folder, 'icd.json')) || !existsSync('/usr/bin/apt-get')) return;
  await step('Fetching a software Vulkan device', async () => {
    const scratch = `${folder}.unfinished`;
    rmSync(scratch, { recursive: true, force: true });
    const apt = join(scratch, 'apt');
    for (const each of ['lists/partial', 'cache/archives/partial']) mkdirSync(join(apt, each), { recursive: true });
    const env = (await candidate()) >= oldest ? process.env : await backports(apt);
    await run('apt-get', ['-qq', 'download', 'mesa-vulkan-drivers'], { cwd: apt, env, advice });
    const archive = readdirSync(apt).find((name) => name.endsWith('.deb'));
    await run('dpkg', ['-x', archive, 'root'], { cwd: apt, advice });
    const found = readdirSync(join(apt, 'root'), { recursive: true }).find((path) => path.endsWith(library));
    renameSync(join(apt, 'root', found), join(scratch, library));
    rmSync(apt, { recursive: true });
    const icd = { file_format_version: '1.0.0', ICD: { library_path: join(folder, library), api_version: '1.4.0' } };
    writeFileSync(join(scratch, 'icd.json'), JSON.stringify(icd));
    rmSync(folder, { recursive: true, force: true });
    renameSync(scratch, folder);
  });
}

/** Mesa's major version as this system would install it; 0 where it knows none. */
async function candidate() {
  const env = { ...process.env, LC_ALL: 'C' };
  const said = await run('apt-cache', ['policy', 'mesa-vulkan-drivers'], { env, advice });
  return Number(/Candidate: (?:\d+:)?(\d+)/.exec(said)?.[1] ?? 0);
}

/** The environment of an apt-get that knows only the backports of this system's release, and touches none of the system's own files. */
async function backports(apt) {
  const about = ['--format', '$(CODENAME) $(REPO_URI)', 'Created-By: Packages', 'Label: Debian', 'Component: main'];
  const targets = await run('apt-get', ['indextargets', ...about], { advice });
  // The release itself, not its updates.
  const [, codename, address] = /^([a-z]+) (\S+)$/m.exec(targets) ?? [];
  if (codename === undefined) throw new StepFailed(`apt-get knows no release of Debian. ${advice}`);
  writeFileSync(join(apt, 'sources.list'), `deb ${address} ${codename}-backports main\n`);
  const settings = {
    'Dir::Etc::sourcelist': join(apt, 'sources.list'),
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::State::lists': join(apt, 'lists'),
    'Dir::Cache': join(apt, 'cache'),
  };
  const configuration = join(apt, 'apt.conf');
  writeFileSync(
    configuration,
    Object.entries(settings)
      .map(([name, value]) => `${name} "${value}";\n`)
      .join(''),
  );
  const env = { ...process.env, APT_CONFIG: configuration };
  await run('apt-get', ['-qq', 'update'], { env, advice });
  return env;
}
