// The package as a user gets it: packed, installed into an empty app elsewhere, compiled and synthesized there.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { MANIFEST, ROOT, tarball } from '../artifacts.mjs';
import { run } from '../command.mjs';
import { compile, evaluate, install, synthesize } from './empty-app.mjs';

const { devDependencies, version } = MANIFEST;
const MEGABYTE = 1e6;
const IMPORTS = 11;

let elsewhere;

before(() => elsewhere = mkdtempSync(join(tmpdir(), 'cdk-mainstay-consumer-')));
after(() => rmSync(elsewhere, { recursive: true, force: true }));

describe('the tarball', () => {
  const content = () => run(elsewhere, ['tar', '-tzf', tarball()]).split('\n');

  test('stays under 25 MB', () => {
    const size = statSync(tarball()).size;
    console.log(`${(size / MEGABYTE).toFixed(1)} MB`);
    assert.ok(size < 25 * MEGABYTE, `${size} bytes`);
  });

  test('holds the functions for both processors, the jsii assembly and the licences', () => {
    const files = content();
    for (const file of [
      ...readdirSync(join(ROOT, 'assets')).filter((name) => /\.(zip|js)$/.test(name)).map((name) => `assets/${name}`),
      '.jsii', 'lib/index.js', 'lib/index.d.ts',
      'LICENSE', 'README.md', 'API.md', 'THIRD-PARTY-LICENSES.txt',
    ]) {
      assert.ok(files.includes(`package/${file}`), `${file} is missing`);
    }
  });

  test('holds nothing that users do not need', () => {
    const unwanted = [
      'src', 'test', 'lambda', 'scripts', 'examples', 'projenrc', 'docs', 'bench', '.ci', '.projen', '.github', '.venv',
      'node_modules', 'coverage', 'rosetta', 'assets/.',
    ];
    assert.deepEqual(content().filter((file) => unwanted.some((start) => file.startsWith(`package/${start}`))), []);
  });

  test('brings no dependency along', () => {
    const manifest = JSON.parse(run(elsewhere, ['tar', '-xzOf', tarball(), 'package/package.json']));
    assert.deepEqual(Object.keys(manifest.dependencies ?? {}), []);
    assert.deepEqual(Object.keys(manifest.peerDependencies).sort(), ['aws-cdk-lib', 'constructs']);
    assert.equal(manifest.version, version);
  });
});

for (const [name, cdk] of [['peer floor', devDependencies['aws-cdk-lib']], ['newest', devDependencies['aws-cdk-lib-newest'].split('@').at(-1)]]) {
  describe(`an empty app on the ${name}, aws-cdk-lib ${cdk}`, () => {
    let app;
    const template = (stack) => JSON.parse(readFileSync(join(app, 'cdk.out', `${stack}.template.json`), 'utf8'));
    const ofType = (stack, type) => Object.values(template(stack).Resources).filter((resource) => resource.Type === type);

    before(() => {
      app = mkdtempSync(join(elsewhere, 'app-'));
      install(app, tarball(), cdk);
    });

    test('loads only its index when it is required: nothing of aws-cdk-lib, and no construct', () => {
      assert.deepEqual(evaluate(app, "require('cdk-mainstay'); Object.keys(require.cache).filter((file) => file !== require.resolve('cdk-mainstay'))"), []);
    });

    test('costs at most 1.5 times the processor time of aws-cdk-lib to require', () => {
      // Each in a process of its own, by turns: a busy machine slows both, and a median ignores the rest.
      const milliseconds = (name) => evaluate(app, `
        const before = process.cpuUsage();
        require('${name}');
        const { user, system } = process.cpuUsage(before);
        (user + system) / 1000`);
      const runs = Array.from({ length: IMPORTS }, () => [milliseconds('cdk-mainstay'), milliseconds('aws-cdk-lib')]);
      const median = (column) => runs.map((times) => times[column]).sort((a, b) => a - b)[(IMPORTS - 1) / 2];
      const [ours, theirs] = [median(0), median(1)];
      console.log(`cdk-mainstay ${ours.toFixed(1)} ms, aws-cdk-lib ${theirs.toFixed(1)} ms`);
      assert.ok(ours <= 1.5 * theirs, `${ours} ms, aws-cdk-lib ${theirs} ms`);
    });

    test('hands out each name, whichever is used first', () => {
      const kinds = evaluate(app, `
        const library = path.dirname(require.resolve('cdk-mainstay'));
        const first = (name) => {
          for (const file of Object.keys(require.cache).filter((file) => file.startsWith(library))) delete require.cache[file];
          return typeof require('cdk-mainstay')[name];
        };
        Object.keys(require('cdk-mainstay')).map((name) => [name, first(name)])`);
      assert.ok(kinds.some(([name]) => name === 'HaVpc'));
      assert.deepEqual(kinds.filter(([, kind]) => !['function', 'object'].includes(kind)), []);
    });

    test('has the same names for ES modules', () => {
      const names = evaluate(app, "Object.keys(require('cdk-mainstay'))");
      run(app, ['node', '--input-type=module', '--eval', `import { ${names.join(', ')} } from 'cdk-mainstay'; if (!${names.join(' || !')}) process.exit(1);`]);
    });

    test('ships no source maps', () => {
      const library = join(app, 'node_modules/cdk-mainstay/lib');
      const scripts = readdirSync(library, { recursive: true }).filter((file) => !file.endsWith('.d.ts') && statSync(join(library, file)).isFile());
      assert.ok(scripts.includes('index.js'));
      assert.deepEqual(scripts.filter((file) => !file.endsWith('.js') || readFileSync(join(library, file), 'utf8').includes('sourceMappingURL=')), []);
    });

    test('compiles the lines of the contract, strictly', () => {
      compile(app);
      assert.ok(existsSync(join(app, 'app.js')));
    });

    test('synthesizes them, with the zips that ship as assets', () => {
      synthesize(app, { CDK_OUTDIR: join(app, 'cdk.out') });

      assert.equal(ofType('Production', 'AWS::SQS::Queue').length, 4);
      assert.equal(ofType('Production', 'Custom::WasabiBucket').length, 1);
      const { files } = JSON.parse(readFileSync(join(app, 'cdk.out', 'Production.assets.json'), 'utf8'));
      const zips = Object.values(files).map(({ source }) => source.path).filter((path) => path.endsWith('.zip'));
      assert.ok(zips.some((path) => statSync(join(app, 'cdk.out', path)).size === statSync(join(ROOT, 'assets/photos-thumbnail-arm64.zip')).size));
    });

    test('takes the defaults of each profile', () => {
      assert.ok(ofType('Staging', 'AWS::SQS::Queue').every(({ DeletionPolicy }) => DeletionPolicy === 'RetainExceptOnCreate'));
      assert.ok(ofType('Review', 'AWS::SQS::Queue').every(({ DeletionPolicy }) => DeletionPolicy === 'Delete'));
    });
  });
}
