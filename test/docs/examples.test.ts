import { readdirSync, readFileSync } from 'fs';
import { join } from 'path';
import * as ts from 'typescript';

const ROOT = join(__dirname, '..', '..');
const PAGES = join(ROOT, 'docs', 'constructs');
const FIXTURE = readFileSync(join(ROOT, 'rosetta', 'pages.ts-fixture'), 'utf8');

/** The TypeScript of a page, by the file that the compiler sees: each example in a stack of its own. */
function examplesOf(page: string, text: string): [string, string][] {
  return [...text.matchAll(/^```ts\n([^]*?)^```$/gm)].map(([, code], index) => [join(ROOT, `${page}.${index + 1}.ts`), FIXTURE.replace('/// here', () => code)]);
}

/** What the compiler says of them, with the page and the number of the example. One program, so that the library is read once. */
function complaintsAbout(files: Map<string, string>): string[] {
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.CommonJS,
    esModuleInterop: true,
    types: ['node'],
    paths: { 'cdk-mainstay': [join(ROOT, 'src', 'index.ts')] },
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (file) => files.has(file) || fileExists(file);
  host.readFile = (file) => files.get(file) ?? readFile(file);
  host.getSourceFile = (file, ...more) =>
    (files.has(file) ? ts.createSourceFile(file, files.get(file)!, options.target!) : getSourceFile.call(host, file, ...more));
  const program = ts.createProgram([...files.keys()], options, host);
  return [...files.keys()].flatMap((file) => {
    const source = program.getSourceFile(file);
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
      .map(({ messageText }) => `${file.slice(ROOT.length + 1)}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`);
  });
}

test('every example of the pages of constructs compiles, and one that does not is found', () => {
  const examples = readdirSync(PAGES).flatMap((page) => examplesOf(page, readFileSync(join(PAGES, page), 'utf8')));
  const seeded = examplesOf('seeded.md', "```ts\nnew SecureQueue(this, 'Jobs', { visibilityTimeout: 360 });\n```\n");
  expect(examples.length).toBeGreaterThan(40);
  expect(complaintsAbout(new Map([...examples, ...seeded]))).toEqual(["seeded.md.1.ts: Type 'number' is not assignable to type 'Duration'."]);
}, 120_000);
