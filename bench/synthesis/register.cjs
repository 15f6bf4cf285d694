// TypeScript as it is, for the processes that are measured. By esbuild, as ts-node would put source maps into the stack traces that the AWS CDK takes.
const { readdirSync, readFileSync } = require('fs');
const { join } = require('path');
const { process: compile } = require('../../test/setup/esbuild-transformer.js');

process.env.CDK_VALIDATION = 'false'; // the same second of WASM for both

const sources = [__dirname, join(__dirname, '..', 'by-hand')].flatMap((folder) => readdirSync(folder).filter((name) => name.endsWith('.ts')).map((name) => join(folder, name)));
const compiled = new Map(sources.map((path) => [path, compile(readFileSync(path, 'utf8'), path).code])); // before the clock starts
require.extensions['.ts'] = (module, path) => module._compile(compiled.get(path), path);
