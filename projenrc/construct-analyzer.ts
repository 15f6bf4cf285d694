import { execFileSync } from 'child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'fs';
import { dirname, join } from 'path';
import { ConstructAnalyzer } from '@cdklabs/cdk-construct-analyzer';
import { CONFIG } from '@cdklabs/cdk-construct-analyzer/lib/library/config';

const ROOT = join(__dirname, '..');
const REPORT = 'test-reports/construct-analyzer.md'; // GitHub keeps it with each build: projenrc/everything-in-ci.ts

/** What the package and its repository say themselves, and say the same of when a release is made: not the version. */
const KNOWN_HERE = ['documentationCompleteness', 'testsChecklist', 'multiLanguageSupport'];

interface Entry {
  readonly name: string;
  readonly type: 'blob' | 'tree';
  readonly object?: { readonly entries: Entry[] };
}

const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

/** The analyzer's own verdict, with our answers to what it asks npm and GitHub. */
async function analyze() {
  const manifest = JSON.parse(read('package.json'));
  const { fetch, console: { warn } } = globalThis;
  globalThis.fetch = async (url, request) => Response.json(answer(String(url), String(request?.body ?? ''), manifest));
  console.warn = () => undefined; // of each signal without data
  try {
    const signals = CONFIG.pillars.flatMap((pillar) => pillar.signals);
    const weights = Object.fromEntries(signals.map(({ name, defaultWeight }) => [name, KNOWN_HERE.includes(name) ? defaultWeight : 0]));
    return await new ConstructAnalyzer().analyzePackage(manifest.name, weights);
  } finally {
    globalThis.fetch = fetch;
    console.warn = warn;
  }
}

function answer(url: string, query: string, manifest: any): object {
  if (url.endsWith(`/${manifest.name}`) && !url.includes('downloads')) {
    const { name, version, repository } = manifest;
    return { name, repository, 'dist-tags': { latest: version }, 'versions': { [version]: manifest } };
  }
  if (query.includes('GetReadmeContent')) return { data: { repository: { readme: { text: read('README.md') } } } };
  if (query.includes('GetRepositoryData')) return { data: { repository: { rootContents: { entries: entries(committed()) } } } };
  return {};
}

const committed = () => execFileSync('git', ['ls-files'], { cwd: ROOT, encoding: 'utf8' }).trim().split('\n');

function entries(paths: string[]): Entry[] {
  const folders = new Map<string, string[]>();
  for (const [name, ...rest] of paths.map((path) => path.split('/'))) {
    folders.set(name, [...(folders.get(name) ?? []), ...(rest.length > 0 ? [rest.join('/')] : [])]);
  }
  return [...folders].map(([name, inside]) => (inside.length > 0 ? { name, type: 'tree', object: { entries: entries(inside) } } : { name, type: 'blob' }));
}

export async function report(): Promise<string> {
  const { pillarScores, signalScores } = await analyze();
  const rows = CONFIG.pillars.flatMap(({ name: pillar, signals }) => signals.map(({ name, description, defaultWeight }) => {
    const stars = signalScores[pillar][name];
    return `| ${pillar.toLowerCase()} | ${description} | ${defaultWeight} | ${KNOWN_HERE.includes(name) ? '★'.repeat(stars) + '☆'.repeat(5 - stars) : 'not known here'} |`;
  }));
  const analyzer = JSON.parse(read('node_modules/@cdklabs/cdk-construct-analyzer/package.json'));
  return [
    '# What the Construct Analyzer says',
    '',
    `[${analyzer.name}](https://github.com/cdklabs/cdk-construct-analyzer) ${analyzer.version}, AWS's own score of construct libraries, over this package.`,
    'It takes a package that is on npm, and asks npm and GitHub about it. Here, its questions are answered from `package.json`, the README and the files of',
    'the repository, so that its verdict is the same everywhere, before the first release, too. What only npm and GitHub know has no stars, and no part in',
    'the score: versions and their notes, downloads, provenance, issues, contributors.',
    '',
    '| | signal | weight of 100 | stars |',
    '|---|---|---|---|',
    ...rows,
    '',
    `Quality, of the signals known here: **${pillarScores.QUALITY}/100**.`,
    '',
    'Snapshot tests it does not find, on purpose: an assertion says more of what is meant. The signal has no weight.',
    '',
  ].join('\n');
}

if (require.main === module) {
  mkdirSync(join(ROOT, dirname(REPORT)), { recursive: true });
  void report().then((text) => writeFileSync(join(ROOT, REPORT), text));
}
