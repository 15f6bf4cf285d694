import { execFileSync } from 'child_process';
import { existsSync, readFileSync } from 'fs';
import { dirname, join } from 'path';
import { report } from '../../projenrc/construct-analyzer';

const ROOT = join(__dirname, '..', '..');
const REPOSITORY = 'https://github.com/cdk-mainstay/cdk-mainstay';
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

const documents = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], { cwd: ROOT, encoding: 'utf8' })
  .split('\n').filter((file) => file && file !== 'API.md'); // generated, with links to other projects' pages

/** The links of a document to files of this repository that are not there: relative ones, and absolute ones to its main branch. */
function deadLinks(document: string, text: string): string[] {
  const targets = [...text.replace(/```[^]*?```/g, '').matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target.replace(/#.*$/, ''));
  return targets.filter((target) => {
    const inRepository = new RegExp(`^${REPOSITORY}/(?:blob|tree)/main/(.*)$`).exec(target)?.[1];
    if (inRepository !== undefined) return !existsSync(join(ROOT, inRepository));
    return target !== '' && !/^[a-z]+:/.test(target) && !existsSync(join(ROOT, dirname(document), target));
  });
}

test.each(documents)('%s has no dead link into this repository', (document) => {
  expect(deadLinks(document, read(document))).toEqual([]);
});

test('a dead link is found', () => {
  expect(deadLinks('docs/decisions/README.md', `[a](gone.md) [b](throw-not-annotate.md) [c](${REPOSITORY}/blob/main/gone.md) [d](https://example.org)`)).toEqual([
    'gone.md', `${REPOSITORY}/blob/main/gone.md`,
  ]);
});

test('every decision is in the index', () => {
  const pages = documents.filter((file) => /^docs\/decisions\/(?!README)/.test(file)).map((file) => file.replace('docs/decisions/', ''));
  const linked = [...read('docs/decisions/README.md').matchAll(/\]\((.*?)\)/g)].map(([, target]) => target);
  expect(linked.sort()).toEqual(pages.sort());
});

test('the Construct Analyzer finds nothing to improve in what the package says itself', async () => {
  expect(await report()).toContain('Quality, of the signals known here: **100/100**.');
});

describe('Construct Hub', () => {
  const manifest = JSON.parse(read('package.json'));
  const assembly = JSON.parse(read('.jsii'));

  test('admits the package: jsii, a licence that it lists, and the same name, version and licence in package and assembly', () => {
    expect(manifest.jsii.targets).toMatchObject({ python: {}, java: {}, dotnet: {}, go: {} });
    expect(manifest.license).toBe('Apache-2.0');
    expect(existsSync(join(ROOT, 'LICENSE'))).toBe(true);
    expect({ name: assembly.name, version: assembly.version, license: assembly.license })
      .toEqual({ name: manifest.name, version: manifest.version, license: manifest.license });
    expect(Object.keys(manifest.peerDependencies)).toContain('aws-cdk-lib');
  });

  test('can find it: about ten specific keywords, and a description that names what it is about', () => {
    const specific = manifest.keywords.filter((keyword: string) => !['cdk', 'aws', 'awscdk', 'aws-cdk', 'construct', 'constructs'].includes(keyword));
    expect(specific.length).toBeGreaterThanOrEqual(10);
    expect(specific.length).toBeLessThanOrEqual(15);
    for (const noun of ['SQS', 'S3', 'Wasabi', 'thumbnails']) expect(manifest.description).toContain(noun);
  });

  test('has the packages of the contract', () => {
    expect(assembly.targets).toMatchObject({
      js: { npm: 'cdk-mainstay' },
      python: { distName: 'cdk-mainstay', module: 'cdk_mainstay' },
      java: { package: 'io.github.cdkmainstay', maven: { groupId: 'io.github.cdkmainstay', artifactId: 'cdk-mainstay' } },
      go: { moduleName: 'github.com/cdk-mainstay/cdk-mainstay-go' },
      dotnet: { namespace: 'CdkMainstay', packageId: 'CdkMainstay' },
    });
  });

  test('shows no public name that is a keyword of Python, Java or Go', () => {
    const KEYWORDS = new Set(('and as assert async await break case catch class const continue def default defer del do elif else enum except finally fn for from func go goto ' +
      'if import in interface is lambda map nonlocal not or package pass private protected public raise range return select static struct super switch this throw try type var void while with yield').split(' '));
    const members = Object.values<any>(assembly.types).flatMap(({ properties = [], methods = [] }) => [...properties, ...methods]);
    const names = members.map(({ name }: { name: string }) => name);
    expect(names.length).toBeGreaterThan(50);
    expect(names.filter((name) => KEYWORDS.has(name))).toEqual([]);
  });
});
