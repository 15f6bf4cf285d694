const { runnerConfig } = require('../setup/jest-config');

module.exports = runnerConfig({ folder: 'containers', timeout: 300_000, workers: 1, setup: true }); // one engine, one account, and one machine
