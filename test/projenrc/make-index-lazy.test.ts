import { execFileSync } from 'child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { dirname, join } from 'path';
import * as ts from 'typescript';
import { makeIndexesLazy } from '../../projenrc/make-index-lazy';

const LIBRARY = {
  'index.ts': "export * from './network';\nexport * from './queue';\n",
  'network/index.ts': "// What is public.\nexport * from './vpc';\nexport * from './vpc-props';\n",
  'network/vpc.ts': "import { Queue } from '../queue';\nexport class Vpc { public readonly queue = new Queue(); }\nexport enum Tier { PUBLIC }\n",
  'network/vpc-props.ts': 'export interface VpcProps { readonly cidr: string }\n',
  'queue/index.ts': "export * from './queue';\n",
  'queue/queue.ts': "import { hidden } from './private/hidden';\nexport class Queue { public readonly hidden = hidden; }\n",
  'queue/private/hidden.ts': 'export const hidden = 1;\n',
};
const TYPES = [{ name: 'Vpc', kind: 'class' }, { name: 'Tier', kind: 'enum' }, { name: 'VpcProps', kind: 'interface' }, { name: 'Queue', kind: 'class' }];

/** A library as jsii leaves it. */
function compiled(files: Record<string, string>, types = TYPES): string {
  const root = mkdtempSync(join(tmpdir(), 'library-'));
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  };
  for (const [file, text] of Object.entries(files)) {
    write(`src/${file}`, text);
    const { outputText } = ts.transpileModule(text, { compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 } });
    write(`lib/${file.replace(/\.ts$/, '.js')}`, outputText);
  }
  write('.jsii', JSON.stringify({ types: Object.fromEntries(types.map((type) => [`library.${type.name}`, type])) }));
  return root;
}

/** What a process of its own prints as JSON. */
function answer(root: string, code: string, ...options: string[]): any {
  return JSON.parse(execFileSync(process.execPath, [...options, '--eval', code], { cwd: root, encoding: 'utf8' }));
}

const LOADED = "Object.keys(require.cache).map((file) => file.split('/lib/')[1])";

describe('an index', () => {
  let root: string;
  beforeAll(() => {
    root = compiled(LIBRARY);
    makeIndexesLazy(root);
  });

  test('loads no other file, and names what it exports', () => {
    expect(answer(root, `const library = require('./lib'); console.log(JSON.stringify([Object.keys(library), library.__esModule, ${LOADED}]))`))
      .toEqual([['Vpc', 'Tier', 'Queue'], true, ['index.js']]);
  });

  test('loads the file of a name when that is used, and not the index of its folder', () => {
    expect(answer(root, `const { Queue } = require('./lib'); console.log(JSON.stringify([new Queue(), ${LOADED}]))`))
      .toEqual([{ hidden: 1 }, ['index.js', 'queue/queue.js', 'queue/private/hidden.js']]);
  });

  test('of a folder is lazy, too', () => {
    expect(answer(root, `const { Vpc } = require('./lib'); console.log(JSON.stringify(${LOADED}))`)).toEqual(['index.js', 'network/vpc.js', 'queue/index.js']);
  });

  test('hands out one value, whichever way it is reached', () => {
    const ways = "require('./lib').Queue, require('./lib').Queue, require('./lib/queue').Queue, require('./lib/queue/queue').Queue, new (require('./lib').Vpc)().queue.constructor";
    expect(answer(root, `console.log(JSON.stringify(new Set([${ways}]).size))`)).toBe(1);
  });

  test('has names that ES modules can import', () => {
    expect(answer(root, "import { Vpc, Tier } from './lib/index.js'; console.log(JSON.stringify([Vpc.name, Tier.PUBLIC]))", '--input-type=module')).toEqual(['Vpc', 0]);
  });

  test('is made again in place of itself', () => {
    makeIndexesLazy(root);
    expect(answer(root, `require('./lib'); console.log(JSON.stringify(${LOADED}))`)).toEqual(['index.js']);
  });
});

test.each<[string, Record<string, string>, RegExp]>([
  ['code of its own', { 'queue/index.ts': "export * from './queue';\nexport const MORE = 1;\n" }, /queue\/index\.ts may only have lines like `export \* from '\.\/ha-vpc';`/],
  ['a name of its own for what it exports', { 'queue/index.ts': "export { Queue as Jobs } from './queue';\n" }, /queue\/index\.ts may only have lines like/],
  ['a file that is not there', { 'queue/index.ts': "export * from './jobs';\n" }, /queue\/index\.ts exports '\.\/jobs', which must be a \.ts file or a folder with an index\.ts/],
  ['one name of two files', { 'network/vpc-props.ts': 'export class Queue {}\n' }, /two files that \S+lib\/index\.js exports have the name Queue: rename one/],
])('an index with %s is an error', (_, changes, message) => {
  expect(() => makeIndexesLazy(compiled({ ...LIBRARY, ...changes }))).toThrow(message);
});

test('a class of the assembly that no index exports is an error', () => {
  const root = compiled(LIBRARY, [...TYPES, { name: 'Forgotten', kind: 'class' }]);
  expect(() => makeIndexesLazy(root)).toThrow(/lib\/index\.js does not export Forgotten, which \S+\.jsii lists/);
});
