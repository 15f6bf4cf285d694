const { runnerConfig } = require('../setup/jest-config');

// One emulated account and one deployment of the example serve all files but deployment.test.ts, which deploys and destroys its own.
module.exports = runnerConfig({ folder: 'e2e', timeout: 60_000, workers: 1, global: true }); // they share the queue, and the machine
