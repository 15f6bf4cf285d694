export * from './terraform-state-backend';
export * from './terraform-state-options';
