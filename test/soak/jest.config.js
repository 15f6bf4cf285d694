const { runnerConfig } = require('../setup/jest-config');

module.exports = runnerConfig({ folder: 'soak', timeout: 180_000, workers: 2 }); // they wait more than they work
