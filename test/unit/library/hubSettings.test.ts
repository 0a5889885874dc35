import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hubCacheFolder, hubSettings } from '../../../extension/library/hub/hubSettings';

/** The same variables as Python's huggingface_hub, in the order that it has them. */
describe('the settings of the hub', () => {
  let home: string;
  beforeEach(async () => (home = await mkdtemp(join(tmpdir(), 'home-'))));
  afterEach(() => rm(home, { recursive: true, force: true }));
  const environment = (more: Readonly<Record<string, string>> = {}): Record<string, string> => ({
    HOME: home,
    USERPROFILE: home,
    ...more,
  });

  it('find the cache where Python finds it', () => {
    const places: [Record<string, string>, string][] = [
      [{}, join(home, '.cache/huggingface/hub')],
      [{ XDG_CACHE_HOME: '/x' }, '/x/huggingface/hub'],
      [{ XDG_CACHE_HOME: '/x', HF_HOME: '/h' }, '/h/hub'],
      [{ HF_HOME: '~/h' }, join(home, 'h/hub')],
      [{ HF_HOME: '/h', HUGGINGFACE_HUB_CACHE: '/old' }, '/old'],
      [{ HUGGINGFACE_HUB_CACHE: '/old', HF_HUB_CACHE: '$HOME/new' }, join(home, 'new')],
    ];
    for (const [variables, place] of places) assert.equal(hubCacheFolder(environment(variables)), place);
  });

  it('take the token that was given, then HF_TOKEN, then the token file', async () => {
    assert.equal((await hubSettings({}, environment())).token, undefined);
    await mkdir(join(home, '.cache/huggingface'), { recursive: true });
    await writeFile(join(home, '.cache/huggingface/token'), 'hf_file\n');
    assert.equal((await hubSettings({}, environment())).token, 'hf_file');
    assert.equal((await hubSettings({}, environment({ HF_TOKEN: 'hf_variable' }))).token, 'hf_variable');
    assert.equal((await hubSettings({ token: 'hf_own' }, environment({ HF_TOKEN: 'hf_variable' }))).token, 'hf_own');
    assert.equal((await hubSettings({ token: ' ' }, environment())).token, 'hf_file');
  });

  it('take the endpoint that was given, then HF_ENDPOINT, then the public hub', async () => {
    assert.equal((await hubSettings({}, environment())).endpoint, 'https://huggingface.co');
    const variable = environment({ HF_ENDPOINT: 'https://mirror.example/hub/' });
    assert.equal((await hubSettings({}, variable)).endpoint, 'https://mirror.example/hub');
    assert.equal((await hubSettings({ endpoint: 'http://10.0.0.1' }, variable)).endpoint, 'http://10.0.0.1');
    await assert.rejects(hubSettings({ endpoint: 'file:///etc' }, variable), /"file:\/\/\/etc" is not an address/);
  });
});
