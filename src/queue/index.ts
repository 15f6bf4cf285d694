export * from './queue-producer';
export * from './queue-type';
export * from './secure-queue';
export * from './secure-queue-props';
