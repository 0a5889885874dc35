import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Workbench } from './workbench';

/** A folder under version control with an adapter in it whose prompt was changed once. */
function repositoryWithTwoRevisions(): string {
  const folder = mkdtempSync(join(tmpdir(), 'vsc-repository-'));
  const git = (...parameters: string[]): void => {
    execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.org', ...parameters], { cwd: folder });
  };
  const adapter = join(folder, 'prompts');
  cpSync('test/fixtures/adapters/causal', adapter, { recursive: true });
  const configuration = join(adapter, 'adapter_config.json');
  const fields = JSON.parse(readFileSync(configuration, 'utf8')) as Record<string, unknown>;
  const base = resolve('test/fixtures/models/llama-tied');
  writeFileSync(configuration, JSON.stringify({ ...fields, base_model_name_or_path: base }));
  git('init', '--quiet');
  git('add', '.');
  git('commit', '--quiet', '-m', 'First prompt');
  const weights = join(adapter, 'adapter_model.safetensors');
  const bytes = readFileSync(weights);
  bytes.writeFloatLE(0.5, bytes.length - 4);
  writeFileSync(weights, bytes);
  git('commit', '--quiet', '-a', '-m', 'Learned prompt');
  return folder;
}

describe('revisions of a prompt', () => {
  let workbench: Workbench;
  let repository: string;
  before(async () => {
    repository = repositoryWithTwoRevisions();
    workbench = await Workbench.open({ folders: { shared: repository, loose: 'test/fixtures/adapters/causal' } });
  });
  after(async () => {
    await workbench.close();
    rmSync(repository, { recursive: true });
  });
  afterEach(async function () {
    await workbench.picture(this.currentTest?.title ?? 'revisions');
  });

  it('are compared from the explorer, though their repository lies deep in the workspace', async () => {
    await workbench.file('shared').click();
    await workbench.contextMenu(workbench.file('adapter_config.json'), 'Diff Prompt with a Revision...');
    await workbench.choice('First prompt').click();
    await workbench.choice('The prompt as it is now').waitFor();
    // A commit that touched the weights only is one of the prompt, also where the configuration was clicked.
    await workbench.choice('Learned prompt').click();
    await workbench.panel.getByRole('grid', { name: 'Differences by position' }).waitFor();
    await workbench.panel.getByText('4 unchanged, 1 changed').waitFor();
  });

  it('that no repository has are refused with the reason', async () => {
    await workbench.file('shared').click();
    await workbench.file('loose').click();
    await workbench.contextMenu(workbench.file('adapter_config.json'), 'Diff Prompt with a Revision...');
    await workbench.notification(/loose.*is in no Git repository/).waitFor();
  });
});
