import { anything, duration, made, PropKinds, required, resource, text } from '../../shared/kinds';
import { GithubOidcProvider } from '../github-oidc-provider';
import type { GithubOidcRoleProps, GithubPlanAndApplyOptions, GithubRoleOptions } from '../github-oidc-role-props';

const OF_ANY_ROLE: PropKinds<GithubRoleOptions> = {
  audience: text,
  maxSessionDuration: duration,
  path: text,
  permissionsBoundary: resource('a managed policy (iam.IManagedPolicy)', 'managedPolicyArn'),
  provider: made(GithubOidcProvider, 'GithubOidcProvider'),
};

export const PROP_KINDS: PropKinds<Omit<GithubOidcRoleProps, '_workflow'>> = {
  ...OF_ANY_ROLE,
  subjects: required(anything), // requireSubjects() says more about it
  roleName: text,
};

export const PLAN_AND_APPLY_KINDS: PropKinds<GithubPlanAndApplyOptions> = {
  ...OF_ANY_ROLE,
  repository: required(text),
  alsoClassicUntil: text,
  branch: text,
  environment: text,
};
