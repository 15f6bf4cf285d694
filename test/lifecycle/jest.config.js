const { runnerConfig } = require('../setup/jest-config');

module.exports = runnerConfig({ folder: 'lifecycle', timeout: 180_000, setup: true });
