import { copyFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { artifact } from '../artifacts.mjs';
import { run } from '../command.mjs';
import { CDK, consumer, firstAppIn } from '../consumer.mjs';

const here = dirname(fileURLToPath(import.meta.url));

consumer('python', {
  build() {
    const folder = join(artifact('python'), 'python');
    return join(folder, readdirSync(folder).find((name) => name.endsWith('.whl')));
  },
  install(app, wheel) {
    run(app, ['python3', '-m', 'venv', '.venv']);
    // What the app does not import need not be compiled: that was most of the time of the installation.
    run(app, ['.venv/bin/python', '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-compile', wheel, `aws-cdk-lib==${CDK}`]);
    copyFileSync(join(here, 'app.py'), join(app, 'app.py'));
    writeFileSync(join(app, 'first.py'), firstAppIn('python'));
  },
  synthesize(app, environment) {
    run(app, ['.venv/bin/python', 'app.py'], environment);
  },
  readme(app, environment) {
    run(app, ['.venv/bin/python', 'first.py'], environment);
  },
});
