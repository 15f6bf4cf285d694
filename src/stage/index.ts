export * from './stage-profile';
export * from './stage-profile-overrides';
