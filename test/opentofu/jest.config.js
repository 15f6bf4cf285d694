const { runnerConfig } = require('../setup/jest-config');

module.exports = runnerConfig({ folder: 'opentofu', timeout: 120_000, setup: true });
