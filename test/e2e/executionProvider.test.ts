import { Workbench } from './workbench';

/** The software Vulkan device that Debian's Chromium carries. */
const swiftShader = '/usr/lib/chromium/vk_swiftshader_icd.json';

describe('where the model runs', () => {
  let workbench: Workbench;
  before(async () => {
    // Nothing may be fetched in a test, not even on a machine with an NVIDIA GPU.
    const nowhere = 'http://127.0.0.1:9';
    workbench = await Workbench.open({
      env: { VK_ICD_FILENAMES: swiftShader, VK_DRIVER_FILES: swiftShader, HTTPS_PROXY: nowhere, https_proxy: nowhere },
    });
  });
  after(() => workbench.close());
  afterEach(async function () {
    await workbench.picture(this.currentTest?.title ?? 'provider');
    await workbench.page.keyboard.press('Escape');
  });

  it('is chosen by sight: the adapter of each provider, or why it is not to be had', async () => {
    await workbench.command('Soft Prompt: Choose Execution Provider...');
    await workbench.choice(/^webgpu.*SwiftShader/).waitFor();
    await workbench.choice(/cuda.*(not here|NVIDIA)/).waitFor();
    await workbench.picture('the providers of this machine');
    await workbench.choice(/^cpu/).click();

    await workbench.command('Soft Prompt: Choose Execution Provider...');
    await workbench.page.locator('.quick-input-list .monaco-list-row.focused', { hasText: /^cpu/ }).waitFor();
  });

  it('is no NVIDIA GPU where there is none, which Enable CUDA says before it fetches anything', async () => {
    await workbench.command('Soft Prompt: Enable CUDA...');
    await workbench.page.locator('.monaco-dialog-box').getByRole('button', { name: 'Download' }).click();
    await workbench.notification(/no NVIDIA GPU on this machine|no complete answer/).waitFor();
  });
});
