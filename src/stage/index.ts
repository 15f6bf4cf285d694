export * from './stage-profile';
