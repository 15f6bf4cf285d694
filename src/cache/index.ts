export * from './cache-capacity';
export * from './cache-engine';
export * from './encrypted-cache';
