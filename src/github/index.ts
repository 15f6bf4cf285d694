export * from './github-oidc-provider';
export * from './github-oidc-role';
export * from './github-oidc-role-props';
export * from './github-subject';
