export * from './database-backup-plan-options';
export * from './database-binding-names';
export * from './database-engine';
export * from './database-proxy-options';
export * from './database-restore-drill-options';
export * from './database-serverless-options';
export * from './encrypted-database-props';
export * from './encrypted-database';
