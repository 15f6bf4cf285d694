const { runnerConfig } = require('../setup/jest-config');

module.exports = runnerConfig({ folder: 'database-servers', timeout: 120_000, workers: 1 }); // servers and their clients share the machine
