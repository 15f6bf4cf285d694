export * from './database-engine';
export * from './database-options';
export * from './encrypted-database';
export * from './encrypted-database-props';
