import { existsSync, readdirSync, readFileSync, writeFileSync } from 'fs';
import { createRequire } from 'module';
import { basename, dirname, join, relative } from 'path';
import * as ts from 'typescript';

/** A compiled file, and the names that it exports at runtime. */
interface Exporter {
  readonly file: string;
  readonly names: string[];
}

const load = createRequire(__filename);

/**
 * Rewrites each compiled `index.js`, so that a file loads when one of its names is first used.
 *
 * TypeScript compiles `export * from './ha-vpc'` to code that loads the file at once, with everything that it imports.
 *
 * @param root the folder of `src`, `lib` and `.jsii`
 */
export function makeIndexesLazy(root: string): void {
  const [sources, library] = [join(root, 'src'), join(root, 'lib')];
  const compiled = (source: string) => join(library, relative(sources, source).replace(/\.ts$/, '.js'));
  const found = readdirSync(sources, { recursive: true, encoding: 'utf8' }).filter((file) => basename(file) === 'index.ts');
  const indexes = found.map((file) => join(sources, file)).map((source) => ({
    index: compiled(source),
    exporters: exportedFiles(source).map(compiled).map((file) => ({ file, names: Object.keys(load(file)) })),
  }));
  for (const { index, exporters } of indexes) writeFileSync(index, lazyIndex(index, exporters));
  for (const { index, exporters } of indexes) requireSameExports(index, exporters);
  requireTypes(join(root, '.jsii'), join(library, 'index.js'));
}

/** The source files that an index exports, in the order of its lines: the files of a folder, not the index of it. */
function exportedFiles(index: string): string[] {
  const { statements } = ts.createSourceFile(index, readFileSync(index, 'utf8'), ts.ScriptTarget.ES2022);
  return statements.flatMap((statement) => {
    const specifier = ts.isExportDeclaration(statement) && !statement.exportClause && !statement.isTypeOnly && statement.moduleSpecifier;
    if (!specifier || !ts.isStringLiteral(specifier)) {
      throw new Error(`${index} may only have lines like \`export * from './ha-vpc';\`: its compiled file is rewritten, so move other code to another file`);
    }
    const target = join(dirname(index), specifier.text);
    const file = [`${target}.ts`, join(target, 'index.ts')].find((path) => existsSync(path));
    if (!file) throw new Error(`${index} exports '${specifier.text}', which must be a .ts file or a folder with an index.ts`);
    return basename(file) === 'index.ts' ? exportedFiles(file) : [file];
  });
}

function lazyIndex(index: string, exporters: Exporter[]): string {
  const names = exporters.flatMap((exporter) => exporter.names);
  const repeated = names.filter((name, position) => names.indexOf(name) !== position);
  if (repeated.length > 0) throw new Error(`two files that ${index} exports have the name ${repeated.join(', ')}: rename one of the two`);

  const specifier = (file: string) => `./${relative(dirname(index), file).replace(/\\/g, '/').replace(/\.js$/, '')}`;
  const withNames = exporters.filter((exporter) => exporter.names.length > 0); // others have only types
  return [
    '"use strict";',
    '// A file loads when one of its names is first used. Written by projenrc/make-index-lazy.ts, in place of what TypeScript compiled.',
    'Object.defineProperty(exports, "__esModule", { value: true });',
    'function exportLazily(load, ...names) {',
    '    for (const name of names) {',
    '        const define = (property) => Object.defineProperty(exports, name, { enumerable: true, configurable: true, ...property });',
    '        define({ get: () => { const value = load()[name]; define({ value }); return value; } });',
    '    }',
    '}',
    ...withNames.map((exporter) => `exportLazily(() => require("${specifier(exporter.file)}"), ${exporter.names.map((name) => `"${name}"`).join(', ')});`),
    '// Never runs: Node.js reads in it which names an ES module can import.',
    `0 && (module.exports = { ${names.join(', ')} });`,
    '',
  ].join('\n');
}

function requireSameExports(index: string, exporters: Exporter[]): void {
  delete load.cache[index];
  const exported = load(index);
  for (const { file, names } of exporters) {
    const wrong = names.filter((name) => exported[name] !== load(file)[name]);
    if (wrong.length > 0) throw new Error(`${index} does not export the ${wrong.join(', ')} of ${file}`);
  }
}

/** Other languages find classes and enums by the names in the assembly. */
function requireTypes(assembly: string, index: string): void {
  const types: { name: string; kind: string; namespace?: string }[] = Object.values(JSON.parse(readFileSync(assembly, 'utf8')).types);
  const exported = Object.keys(load(index));
  const missing = types.filter(({ name, kind, namespace }) => kind !== 'interface' && !namespace && !exported.includes(name));
  if (missing.length > 0) throw new Error(`${index} does not export ${missing.map(({ name }) => name).join(', ')}, which ${assembly} lists`);
}

if (require.main === module) makeIndexesLazy(join(__dirname, '..'));
