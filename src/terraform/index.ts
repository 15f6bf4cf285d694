export * from './terraform-state-backend';
