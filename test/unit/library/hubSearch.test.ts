import assert from 'node:assert/strict';
import { searchHub } from '../../../extension/library/hub/hubSearch';
import { HubFixture, hubError, tiny, tinyFiles } from './hubFixture';
import { status } from './hubServer';

const { signal } = new AbortController();

describe('a search of the hub', () => {
  let fixture: HubFixture;
  afterEach(() => fixture.close());

  it('tells of each model what one chooses by', async () => {
    const told = {
      downloads: 1200,
      likes: 7,
      pipeline_tag: 'text-generation',
      tags: ['llama', 'license:apache-2.0'],
      lastModified: '2026-01-02T03:04:05.000Z',
      config: { model_type: 'llama' },
      safetensors: { total: 12345 },
    };
    fixture = await HubFixture.start({ [tiny]: { files: tinyFiles, gated: true, told } });
    const { results, next } = await searchHub(await fixture.client(), 'tiny', signal);
    assert.deepEqual(results, [
      {
        id: tiny,
        downloads: 1200,
        likes: 7,
        architecture: 'llama',
        supported: true,
        tags: told.tags,
        licence: 'apache-2.0',
        gated: true,
        parameters: 12345,
        updatedAt: '2026-01-02T03:04:05.000Z',
        downloaded: false,
        page: `${fixture.hub.endpoint}/${tiny}`,
      },
    ]);
    assert.equal(next, undefined);
    const asked = new URL(fixture.hub.asked[0]!.path, fixture.hub.endpoint).searchParams;
    assert.equal(asked.get('search'), 'tiny');
    assert.equal(asked.get('filter'), 'safetensors');
  });

  it('leaves out what does not write text', async () => {
    const files = tinyFiles;
    fixture = await HubFixture.start({
      'lab/pictures': { files, told: { pipeline_tag: 'text-to-image' } },
      'lab/encoder': { files, told: { pipeline_tag: 'fill-mask', config: { model_type: 'bert' } } },
      'lab/t5': { files, told: { pipeline_tag: 'text2text-generation' } },
      'lab/untagged': { files, told: { config: { model_type: 'llama' } } },
      '../hostile': { files, told: { pipeline_tag: 'text-generation' } },
    });
    const { results } = await searchHub(await fixture.client(), '', signal);
    assert.deepEqual(
      results.map(({ id, supported }) => [id, supported]),
      [
        ['lab/t5', undefined],
        ['lab/untagged', true],
      ],
    );
  });

  it('goes on from page to page', async () => {
    const told = { pipeline_tag: 'text-generation' };
    const names = ['lab/a', 'lab/b', 'lab/c', 'lab/d', 'lab/e'];
    fixture = await HubFixture.start(Object.fromEntries(names.map((name) => [name, { files: tinyFiles, told }])));
    const client = await fixture.client();
    const found: string[] = [];
    let page: string | undefined;
    do {
      const { results, next } = await searchHub(client, 'lab', signal, { page, limit: 2 });
      found.push(...results.map(({ id }) => id));
      page = next;
    } while (page !== undefined);
    assert.deepEqual(found, names);
  });

  it('knows what is downloaded already', async () => {
    fixture = await HubFixture.start({ [tiny]: { files: tinyFiles, told: { pipeline_tag: 'text-generation' } } });
    await fixture.download();
    const { results } = await searchHub(await fixture.client(), 'tiny', signal);
    assert.deepEqual(
      results.map(({ downloaded }) => downloaded),
      [true],
    );
  });

  it('is tried again where the hub is busy, and ends where it stays so', async () => {
    fixture = await HubFixture.start({});
    fixture.hub.fail('/api/models', status(503));
    assert.deepEqual((await searchHub(await fixture.client(), 'x', signal)).results, []);
    fixture.hub.fail('/api/models', status(500), 9);
    await assert.rejects(searchHub(await fixture.client(), 'x', signal), hubError('hub-unreachable', /status 500/));
  });
});
