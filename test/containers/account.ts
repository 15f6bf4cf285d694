import { mkdirSync } from 'fs';
import { connect, createServer, Server } from 'net';
import { join } from 'path';
import { ACCOUNT_ADDRESS, CACHE, Engine } from './engine';
import { accountEnvironment, describeAccount, Emulators } from '../emulator/emulators';
import { freePort, ServerProcess } from '../emulator/server-process';

export type ContainerAccount = Pick<Emulators, 'account' | 'folder' | 'stopping' | 'errors' | 'stop'>;

/** An emulated account whose tasks are containers of the engine. It is in the network of the engine, and answers at a port of 127.0.0.1 here, too. */
export async function startContainerAccount(engine: Engine, folder: string): Promise<ContainerAccount> {
  const [volumes, socket] = [join(folder, 'volumes'), join(folder, 'account.sock')];
  mkdirSync(volumes);
  const port = await freePort();
  const relay = engine.enter.length > 0 ? await relayTo(socket, port) : undefined;
  const stopping = new AbortController();
  const server = await ServerProcess.start({
    role: 'containers',
    folder,
    port,
    enter: engine.enter,
    environment: {
      ...accountEnvironment(folder),
      PYTHONPATH: join(CACHE, 'python'),
      DOCKER_HOST: engine.host,
      MINISTACK_DOCKER_TIMEOUT: '120',
      CONTAINERS_ADDRESS: ACCOUNT_ADDRESS,
      CONTAINERS_NETWORK: engine.network,
      CONTAINERS_VOLUMES: volumes,
      CONTAINERS_SOCKET: socket,
    },
  }).catch((error) => {
    relay?.close();
    throw error;
  });
  return {
    account: describeAccount(server),
    folder,
    stopping: stopping.signal,
    errors: () => server.errors,
    stop: async () => {
      stopping.abort();
      await server.stop();
      relay?.close();
    },
  };
}

/** From a port of this machine into the private network of the engine. */
function relayTo(socket: string, port: number): Promise<Server> {
  const relay = createServer((client) => {
    const server = connect(socket);
    client.pipe(server).pipe(client);
    for (const [one, other] of [[client, server], [server, client]]) one.on('error', () => other.destroy()).on('close', () => other.destroy());
  });
  relay.unref();
  return new Promise((resolve, reject) => relay.once('error', reject).listen(port, '127.0.0.1', () => resolve(relay)));
}
