import { spawnSync } from 'child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { dirname, join } from 'path';

const ROOT = join(__dirname, '..', '..');

/** What `npx projen lint:imports` says of a folder with these files and no others. */
function lint(files: Record<string, string>): { status: number | null; output: string } {
  const folder = mkdtempSync(join(tmpdir(), 'imports-'));
  for (const [file, text] of Object.entries({ ...CLEAN, ...files })) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  const command = [join(ROOT, 'node_modules/.bin/depcruise'), '--config', join(ROOT, '.dependency-cruiser.cjs'), '--output-type', 'err-long', 'src', 'lambda'];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: folder, encoding: 'utf8' });
  return { status, output: `${stdout}${stderr}`.replace(/\s+/g, ' ') };
}

const CLEAN = {
  'src/index.ts': "export * from './queue';\n",
  'src/queue/index.ts': "export * from './queue';\n",
  'src/queue/queue.ts': "import { seal } from '../shared/guards';\nimport { limit } from './private/limit';\nexport const queue = seal(limit);\n",
  'src/queue/private/limit.ts': 'export const limit = 1;\n',
  'src/shared/guards.ts': 'export const seal = (value: number) => value;\n',
  'lambda/photos/restore/index.ts': "import { text } from '../../shared/text';\nimport { chunks } from '../chunks';\nexport const handler = [text, chunks];\n",
  'lambda/photos/chunks.ts': 'export const chunks = 1;\n',
  'lambda/shared/text.ts': "export const text = '';\n",
};

test('files that keep the rules pass, each of them looked at', () => {
  expect(lint({})).toEqual({ status: 0, output: expect.stringContaining(`no dependency violations found (${Object.keys(CLEAN).length} modules`) });
});

test.each<[string, Record<string, string>, string, string]>([
  [
    "another folder's private/",
    { 'src/cdn/cdn.ts': "import { limit } from '../queue/private/limit';\nexport const cdn = limit;\n" },
    'no-other-folders-private: src/cdn/cdn.ts → src/queue/private/limit.ts',
    "Export what you need from that folder's public file, or move it to src/shared/ if two folders use it.",
  ],
  [
    "types of another folder's private/",
    { 'src/cdn/cdn.ts': "import type { Limit } from '../queue/private/types';\nexport const cdn: Limit = 1;\n", 'src/queue/private/types.ts': 'export type Limit = number;\n' },
    'no-other-folders-private: src/cdn/cdn.ts → src/queue/private/types.ts',
    "Export what you need from that folder's public file, or move it to src/shared/ if two folders use it.",
  ],
  [
    'private/ from the index',
    { 'src/index.ts': "export * from './queue/private/limit';\n" },
    'no-other-folders-private: src/index.ts → src/queue/private/limit.ts',
    "Export what you need from that folder's public file, or move it to src/shared/ if two folders use it.",
  ],
  [
    'a construct from src/shared/',
    { 'src/shared/guards.ts': "import type { Queue } from '../queue/types';\nexport const seal = (value: Queue) => value;\n", 'src/queue/types.ts': 'export type Queue = number;\n' },
    'shared-knows-no-construct: src/shared/guards.ts → src/queue/types.ts',
    'Pass what the file needs as an argument, or move the file into the folder of the construct.',
  ],
  [
    "another construct's function",
    { 'lambda/database/drill/index.ts': "import { chunks } from '../../photos/chunks';\nexport const handler = chunks;\n" },
    'no-other-constructs-function: lambda/database/drill/index.ts → lambda/photos/chunks.ts',
    'Move what functions of two constructs use to lambda/shared/.',
  ],
  [
    'a circle',
    { 'src/queue/private/limit.ts': "import { queue } from '../queue';\nexport const limit: number = queue;\n" },
    'no-circular: src/queue/private/limit.ts → src/queue/queue.ts → src/queue/private/limit.ts',
    'Move what both need to a third file, which imports neither.',
  ],
  [
    'a circle of types alone',
    { 'src/queue/private/limit.ts': "import type { queue } from '../queue';\nexport const limit: typeof queue = 1;\n" },
    'no-circular: src/queue/private/limit.ts → src/queue/queue.ts → src/queue/private/limit.ts',
    'Move what both need to a third file, which imports neither.',
  ],
  [
    'a circle of functions',
    { 'lambda/photos/chunks.ts': "import type { handler } from './restore';\nexport const chunks: typeof handler = [];\n" },
    'no-circular: lambda/photos/chunks.ts → lambda/photos/restore/index.ts → lambda/photos/chunks.ts',
    'Move what both need to a third file, which imports neither.',
  ],
])('an import of %s fails, with what to do', (_, files, breach, advice) => {
  const { status, output } = lint(files);
  expect(status).toBe(1);
  expect(output).toContain(`error ${breach}`);
  expect(output).toContain(advice);
  expect(output).toContain('x 1 dependency violations (1 errors');
});
