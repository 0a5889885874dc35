import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Workbench } from './workbench';

/** Puts a folder under version control. `path` leads from it to an adapter whose prompt is then changed once. */
function commitTwoRevisions(folder: string, path: string): void {
  const git = (...parameters: string[]): void => {
    execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.org', ...parameters], { cwd: folder });
  };
  git('init', '--quiet');
  git('add', '.');
  git('commit', '--quiet', '-m', 'First prompt');
  changeLastNumber(join(folder, path), 0.5);
  git('commit', '--quiet', '-a', '-m', 'Learned prompt');
}

function changeLastNumber(adapter: string, to: number): void {
  const weights = join(adapter, 'adapter_model.safetensors');
  const bytes = readFileSync(weights);
  bytes.writeFloatLE(to, bytes.length - 4);
  writeFileSync(weights, bytes);
}

/** An adapter of a frozen model that it names by a path. */
function layAdapter(folder: string, model: string): void {
  cpSync('test/fixtures/adapters/causal', folder, { recursive: true });
  const configuration = join(folder, 'adapter_config.json');
  const fields = JSON.parse(readFileSync(configuration, 'utf8')) as Record<string, unknown>;
  writeFileSync(configuration, JSON.stringify({ ...fields, base_model_name_or_path: model }));
}

describe('revisions of a prompt', () => {
  let workbench: Workbench;
  let repository: string;
  before(async () => {
    repository = mkdtempSync(join(tmpdir(), 'vsc-repository-'));
    layAdapter(join(repository, 'prompts'), resolve('test/fixtures/models/llama-tied'));
    commitTwoRevisions(repository, 'prompts');
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

describe('revisions of a prompt in a workspace that is a repository', () => {
  let workbench: Workbench;
  before(async () => {
    workbench = await Workbench.open({
      prepare: (workspace) => {
        // Named by a path within the workspace, as an experiment does.
        layAdapter(join(workspace, 'prompts'), 'model');
        commitTwoRevisions(workspace, 'prompts');
        changeLastNumber(join(workspace, 'prompts'), -0.5);
      },
    });
  });
  after(async () => {
    await workbench.close();
  });
  afterEach(async function () {
    await workbench.picture(this.currentTest?.title ?? 'revisions');
  });

  /** Shows the comparison in front in its readable form, and waits for both sides. */
  async function diffAsText(title: string): Promise<void> {
    const { page } = workbench;
    // A comparison has two sides once both are opened.
    await page
      .frameLocator('iframe.webview.ready >> nth=1')
      .frameLocator('iframe#active-frame')
      .getByRole('grid', { name: 'Virtual tokens' })
      .waitFor();
    await page.locator('.editor-actions').getByRole('button', { name: 'Diff Prompt as Text' }).click();
    await page.locator('.tab.active', { hasText: title }).waitFor();
    for (const side of ['original', 'modified']) {
      await page.locator(`.monaco-diff-editor .editor.${side}`, { hasText: 'soft prompt, format 1' }).waitFor();
    }
    await page.locator('.monaco-diff-editor .editor.modified .line-insert').first().waitFor();
  }

  it('are read in the source control view', async () => {
    await workbench.page.getByRole('tab', { name: /^Source Control/ }).click();
    await workbench.page.locator('.scm-view .monaco-list-row', { hasText: 'adapter_model.safetensors' }).click();
    await diffAsText('prompts@index ↔ prompts');
  });

  it('are read in the timeline', async () => {
    await workbench.page.getByRole('tab', { name: /^Explorer/ }).click();
    const weights = workbench.file('adapter_model.safetensors');
    if (!(await weights.isVisible())) await workbench.file('prompts').click();
    await workbench.contextMenu(weights, 'Open Timeline');
    await workbench.page.locator('.timeline-tree-view .monaco-list-row', { hasText: 'Learned prompt' }).click();
    await diffAsText('↔ prompts@');
  });
});
