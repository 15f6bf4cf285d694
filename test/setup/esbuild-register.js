// For `node --require`: compiles TypeScript as the tests do, in a tenth of the time that ts-node takes.
const { readFileSync } = require('fs');
const esbuild = require('./esbuild-transformer');

require.extensions['.ts'] = (module, file) => module._compile(esbuild.process(readFileSync(file, 'utf8'), file).code, file);
