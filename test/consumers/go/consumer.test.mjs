import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { artifact } from '../artifacts.mjs';
import { run } from '../command.mjs';
import { CDK, consumer, firstAppIn } from '../consumer.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const MODULE = 'github.com/cdk-mainstay/cdk-mainstay-go/cdkmainstay';

consumer('go', {
  build: () => join(artifact('go'), 'go/cdkmainstay'),
  install(app, module) {
    run(app, ['go', 'mod', 'init', 'consumer']);
    run(app, [
      'go', 'mod', 'edit', `-require=github.com/aws/aws-cdk-go/awscdk/v2@v${CDK}`, `-require=${MODULE}@v0.0.0`, `-replace=${MODULE}=${module}`,
      // jsii-pacmak names the newest of what awscdk needs, which may be no Go module yet. awscdk names its own.
      ...indirectly(module).map((required) => `-exclude=${required}`),
    ]);
    copyFileSync(join(here, 'app.go'), join(app, 'app.go'));
    mkdirSync(join(app, 'first'));
    writeFileSync(join(app, 'first/main.go'), firstAppIn('go'));
    run(app, ['go', 'vet', '-mod=mod', './...']);
    run(app, ['go', 'build', '-mod=mod', '-o', 'built/', './...']);
  },
  synthesize(app, environment) {
    run(app, [join(app, 'built/consumer')], environment);
  },
  readme(app, environment) {
    run(app, [join(app, 'built/first')], environment);
  },
});

function indirectly(module) {
  const required = readFileSync(join(module, 'go.mod'), 'utf8').matchAll(/^\s*(\S+) (v\S+) \/\/ indirect$/gm);
  return [...required].map(([, name, version]) => `${name}@${version}`);
}
