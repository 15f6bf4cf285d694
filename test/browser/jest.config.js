const { runnerConfig } = require('../setup/jest-config');

module.exports = runnerConfig({ folder: 'browser', timeout: 60_000, workers: 1, setup: true });
