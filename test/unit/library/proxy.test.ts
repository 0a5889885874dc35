import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { HubFixture } from './hubFixture';

/** A proxy that tunnels (RFC 9110, section 9.3.6) and remembers where to. */
async function startProxy(): Promise<{
  readonly address: string;
  readonly tunnels: string[];
  readonly server: Server;
}> {
  const tunnels: string[] = [];
  const server = createServer();
  server.on('connect', (request, socket, head) => {
    tunnels.push(request.url ?? '');
    const [host, port] = (request.url ?? '').split(':');
    const target = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      target.write(head);
      target.pipe(socket);
      socket.pipe(target);
    });
    socket.on('error', () => target.destroy());
    socket.on('close', () => target.destroy());
    target.on('error', () => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, tunnels, server };
}

describe('a proxy of the environment', () => {
  let fixture: HubFixture;
  let proxy: Awaited<ReturnType<typeof startProxy>>;
  beforeEach(async () => {
    fixture = await HubFixture.start();
    proxy = await startProxy();
  });
  afterEach(async () => {
    await fixture.close();
    proxy.server.closeAllConnections();
    proxy.server.close();
  });

  it('carries every request to the hub', async () => {
    const { commit } = await fixture.download({}, { HTTP_PROXY: proxy.address });
    assert.equal(commit.length, 40);
    assert.ok(proxy.tunnels.length > 0 && proxy.tunnels.every((to) => to === new URL(fixture.hub.endpoint).host));
  });

  it('is passed by for hosts that NO_PROXY names', async () => {
    await fixture.download({}, { HTTP_PROXY: proxy.address, NO_PROXY: '127.0.0.1' });
    assert.deepEqual(proxy.tunnels, []);
  });
});
