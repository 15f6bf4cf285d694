// TypeScript as it is, for the processes that are measured: types were checked before.
require('ts-node').register({ transpileOnly: true, project: require.resolve('../../tsconfig.dev.json') });
