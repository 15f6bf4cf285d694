import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { artifact, CACHE, MANIFEST } from '../artifacts.mjs';
import { run } from '../command.mjs';
import { CDK, consumer, firstAppIn } from '../consumer.mjs';

const here = dirname(fileURLToPath(import.meta.url));
/** Not the user's: Maven keeps a version for good once it has it, and this library's version stays the same while its content changes. */
const DOWNLOADS = join(CACHE, 'maven');
const maven = (...parameters) => ['mvn', '--batch-mode', '--quiet', `-Dmaven.repo.local=${DOWNLOADS}`, ...parameters];
let properties;

consumer('java', {
  build: () => join(artifact('java'), 'java'),
  install(app, repository) {
    properties = [`-Drepository=${pathToFileURL(repository)}`, `-Dmainstay.version=${MANIFEST.version}`, `-Dcdk.version=${CDK}`];
    rmSync(join(DOWNLOADS, 'io/github/cdkmainstay'), { recursive: true, force: true });
    for (const part of ['pom.xml', 'src']) cpSync(join(here, part), join(app, part), { recursive: true });
    writeFileSync(join(app, 'src/main/java/FirstApp.java'), firstAppIn('java'));
    run(app, maven(...properties, 'compile'));
  },
  synthesize(app, environment) {
    run(app, maven(...properties, 'exec:java'), environment);
  },
  readme(app, environment) {
    run(app, maven(...properties, '-Dexec.mainClass=FirstApp', 'exec:java'), environment);
  },
});
