import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'fs';
import { join } from 'path';
import { DroppedPhoto, inspect } from './dropped-photo';
import { reportPage, reportTable } from './report';
import { Emulators, startEmulators } from '../../test/emulator/emulators';
import { eventually } from '../../test/emulator/eventually';
import { leftovers } from '../../test/emulator/leftovers';
import { PhotoArchive } from '../../test/emulator/photo-archive';
import { ARCHIVE_BUCKET, PhotoArchiveApp, SECRET_NAME, WASABI_USER } from '../../test/emulator/photo-archive-app';
import { PHOTOS, ROOT } from '../../test/emulator/repository';

type Step = <T>(name: string, work: (show: (detail: string) => void) => T | Promise<T>) => Promise<T>;

export interface DemoOptions {
  readonly step: Step;
  /** Leave everything deployed and running until Ctrl-C. */
  readonly keep: boolean;
}

export async function demonstrate({ step, keep }: DemoOptions): Promise<void> {
  const emulators = await step('starting an AWS account and a store that plays Wasabi on 127.0.0.1', () => startEmulators());
  stopOnSignals(emulators);
  try {
    const app = new PhotoArchiveApp(emulators);
    await step('cdk synth examples/photo-archive', () => app.synth());
    await step(`creating the Wasabi user '${WASABI_USER}' and the secret ${SECRET_NAME}`, () => app.openWasabiAccount());
    await step('cdk bootstrap', () => app.bootstrap());
    await step('cdk deploy', () => app.deploy());

    const archive = await PhotoArchive.find(emulators.account, emulators.store);
    const names = readdirSync(PHOTOS).filter((name) => name.endsWith('.jpg'));
    await step(`uploading ${names.length} photos with a role that may do nothing else`, () => upload(archive, names));
    const photos = await step('thumbnails made, originals archived and gone from the dropbox', (show) => allDone(archive, names, show));
    present(photos);

    if (keep) await untilInterrupted(emulators, archive);
    await step('cdk destroy', () => app.destroy());
    await showWhatIsLeft(emulators, archive, names);
  } catch (error) {
    if (emulators.stopping.aborted) return; // a signal: that it was interrupted has been said
    await emulators.stop(true);
    throw new Error([(error as Error).message, ...emulators.errors(), `The logs of the emulated account and store: ${emulators.folder}`].join('\n'));
  }
  await emulators.stop();
}

function stopOnSignals(emulators: Emulators): void {
  for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]] as const) {
    process.once(signal, () => {
      console.log('\nInterrupted: stopping the servers');
      void emulators.stop().finally(() => process.exit(code));
    });
  }
}

async function upload(archive: PhotoArchive, names: string[]): Promise<void> {
  const uploader = await archive.uploaderS3();
  await Promise.all(names.map((name) => archive.upload(`photos/${name}`, readFileSync(join(PHOTOS, name)), {}, uploader)));
}

function allDone(archive: PhotoArchive, names: string[], show: (detail: string) => void): Promise<DroppedPhoto[]> {
  return eventually('not every photo made its whole way', async () => {
    const photos = await Promise.all(names.map((name) => inspect(archive, name)));
    const done = photos.filter(({ thumbnail, archivedSame, gone }) => thumbnail && archivedSame && gone);
    show(`${done.length} of ${names.length}`);
    return done.length === names.length ? photos : undefined;
  }, 90);
}

function present(photos: DroppedPhoto[]): void {
  const folder = join(ROOT, 'demo-report');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'index.html'), reportPage(photos));
  console.log(`\n${reportTable(photos)}\n\n  To look at: demo-report/index.html\n`);
}

async function untilInterrupted({ account, store }: Emulators, archive: PhotoArchive): Promise<void> {
  console.log([
    '  Everything keeps running until Ctrl-C. To talk to the account:',
    '',
    `    export AWS_ENDPOINT_URL=${account.endpoint} AWS_REGION=${account.region} AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test`,
    `    aws s3 cp photo.jpg s3://${archive.dropbox}/photos/`,
    `    aws s3 ls s3://${archive.thumbnails}/photos/`,
    '',
    '  and to the store:',
    '',
    `    AWS_ENDPOINT_URL=${store.endpoint} AWS_ACCESS_KEY_ID=${store.credentials.accessKeyId} aws s3 ls s3://${ARCHIVE_BUCKET}/photos/`,
    '',
  ].join('\n'));
  await new Promise<never>(() => setInterval(() => undefined, 2 ** 30)); // a signal ends the process
}

async function showWhatIsLeft({ account }: Emulators, archive: PhotoArchive, names: string[]): Promise<void> {
  const left = (await leftovers(account)).filter(({ name }) => name !== SECRET_NAME).map(({ kind, name }) => `${kind} ${name}`);
  const kept = (await Promise.all(names.map((name) => archive.archived(`photos/${name}`)))).filter(Boolean).length;
  console.log([
    '',
    `  Left of the stack: ${left.join(', ') || 'nothing'}`,
    `  Left in the account: what cdk bootstrap made, and the secret ${SECRET_NAME}, which is not the stack's`,
    `  Left in the archive, by design: ${kept} of ${names.length} originals`,
    '',
  ].join('\n'));
  if (left.length > 0) throw new Error('cdk destroy left something behind');
  if (kept < names.length) throw new Error('cdk destroy removed originals from the archive');
}
