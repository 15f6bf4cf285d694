export * from './nat-strategy';
export * from './queue-producer';
export * from './queue-type';
export * from './secure-queue';
export * from './stage-profile';
