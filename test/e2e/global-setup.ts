import { Emulators, startEmulators } from '../emulator/emulators';
import { PhotoArchiveApp } from '../emulator/photo-archive-app';
import useTemporaryFolder from '../setup/temporary-folder';

declare global {
  var emulators: Emulators | undefined; // for global-teardown.ts, in this process
}

export default async function (): Promise<void> {
  useTemporaryFolder();
  const emulators = await startEmulators();
  globalThis.emulators = emulators;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void emulators.stop().finally(() => process.exit(1)));
  try {
    const app = new PhotoArchiveApp(emulators);
    await app.synth();
    await app.openWasabiAccount();
    await app.bootstrap();
    await app.deploy();
  } catch (error) {
    console.error(emulators.errors().join('\n'));
    await emulators.stop(); // jest tears nothing down that was not set up
    throw error;
  }
  const { account, store } = emulators;
  process.env.EMULATED_ACCOUNTS = JSON.stringify({ account, store }); // for the tests: deployed.ts
}
