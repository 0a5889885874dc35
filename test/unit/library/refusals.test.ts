import assert from 'node:assert/strict';
import { HubError } from '../../../extension/library/hub/hubError';
import { HubFixture, hubError, tiny, tinyFiles } from './hubFixture';
import { HubServer, instead, redirect, status } from './hubServer';

describe('what the hub refuses', () => {
  let fixture: HubFixture;
  beforeEach(async () => (fixture = await HubFixture.start()));
  afterEach(() => fixture.close());

  const serve = (more: object): unknown => fixture.hub.repositories.set(tiny, { files: tinyFiles, ...more });

  it('because it is gated is told with the way to its terms', async () => {
    serve({ gated: true, token: 'hf_good' });
    await assert.rejects(fixture.download(), hubError('hub-gated', /open its page on .*give a token of that account/));
    await assert.rejects(
      fixture.download({}, { HF_TOKEN: 'hf_other' }),
      hubError('hub-gated', /account of your token has no access yet/),
    );
    assert.equal((await fixture.download({}, { HF_TOKEN: 'hf_good' })).commit.length, 40);
  });

  it('because it does not exist, or is private, is told as such', async () => {
    serve({ token: 'hf_good' });
    await assert.rejects(fixture.download(), hubError('hub-missing', /no public model .*lab\/tiny.*give a token/));
    await assert.rejects(
      fixture.download({}, { HF_TOKEN: 'hf_other' }),
      hubError('hub-missing', /whether your token may read it/),
    );
    await assert.rejects(fixture.download({}, {}, 'lab/nothing'), hubError('hub-missing', /lab\/nothing/));
    assert.deepEqual(fixture.waits, []);
  });

  it('because of the token asks for another one', async () => {
    fixture.hub.fail('/revision/', status(401, { 'x-error-message': 'Invalid credentials in Authorization header' }));
    const wrong = fixture.download({}, { HF_TOKEN: 'hf_wrong' });
    await assert.rejects(wrong, hubError('hub-token', /does not accept the token .*Invalid credentials/));
    fixture.hub.fail('config.json', status(403, { 'x-error-message': 'Your token has not the scope.' }));
    await assert.rejects(
      fixture.download({}, { HF_TOKEN: 'hf_fine_grained' }),
      hubError('hub-token', /has not the scope.*needs the permission/),
    );
  });

  it('never contains the token in its words', async () => {
    fixture.hub.fail('/revision/', status(401));
    await assert.rejects(fixture.download({}, { HF_TOKEN: 'hf_secret' }), (error) => {
      assert.ok(error instanceof HubError && !error.message.includes('hf_secret'));
      return true;
    });
  });

  it('because of a revision or a file that is not there is named', async () => {
    fixture.hub.fail('/revision/', status(404, { 'x-error-code': 'RevisionNotFound' }));
    await assert.rejects(fixture.download(), hubError('hub-missing', /no such revision/));
    fixture.hub.fail('tokenizer.json', status(404, { 'x-error-code': 'EntryNotFound' }));
    await assert.rejects(fixture.download(), hubError('hub-missing', /the file tokenizer\.json/));
  });

  it('for an hour because of too many requests is told at once', async () => {
    fixture.hub.fail('/revision/', status(429, { 'retry-after': '3600' }));
    await assert.rejects(fixture.download(), hubError('hub-unreachable', /too many requests/));
    assert.deepEqual(fixture.waits, []);
  });

  it('by sending in circles ends', async () => {
    fixture.hub.fail('/revision/', redirect('/api/models/lab/tiny/revision/main'), 99);
    await assert.rejects(fixture.download(), hubError('hub-unreachable', /from address to address/));
  });

  it('to describe as a hub does is told with the setting to check', async () => {
    for (const answer of ['<html>Welcome</html>', '{}', '{"sha":"../../x","siblings":[]}']) {
      fixture.hub.fail('/revision/', instead(Buffer.from(answer)));
      await assert.rejects(fixture.download(), hubError('hub-unreachable', /does not describe .*HF_ENDPOINT/));
    }
  });

  it('to give sizes and hashes for is told before anything is fetched', async () => {
    const bare = { sha: 'c0ffee0000000000000000000000000000000001', siblings: [{ rfilename: 'config.json' }] };
    fixture.hub.fail('/revision/', instead(Buffer.from(JSON.stringify(bare))));
    await assert.rejects(fixture.download(), hubError('hub-unreachable', /does not tell sizes and hashes/));
  });

  it('nobody hears when nobody is there', async () => {
    const gone = await HubServer.start();
    const address = gone.endpoint;
    await gone.close();
    const download = fixture.download({}, { HF_ENDPOINT: address });
    await assert.rejects(download, hubError('hub-unreachable', /ECONNREFUSED.*Check the network/));
    assert.equal(fixture.waits.length, 4);
  });

  it('is not even asked for offline, and what is there still counts', async () => {
    await assert.rejects(fixture.download({}, { HF_HUB_OFFLINE: '1' }), hubError('hub-unreachable', /HF_HUB_OFFLINE/));
    await fixture.download();
    const before = fixture.hub.asked.length;
    assert.equal((await fixture.download({}, { HF_HUB_OFFLINE: 'yes' })).fetched, 0);
    assert.equal(fixture.hub.asked.length, before);
  });

  it('is nothing that could lead out of the cache', async () => {
    for (const id of ['../x', 'a/../../b', '/etc', 'a/b/c', 'a--b', '', '.hidden/x', 'a/b?c'])
      await assert.rejects(fixture.download({}, {}, id), hubError('hub-missing', /is not a model's name/));
    assert.equal(fixture.hub.asked.length, 0);
  });
});
