import { AnyPrincipal, CfnOIDCProvider, CfnRole, ManagedPolicy, OidcProviderNative, Role } from 'aws-cdk-lib/aws-iam';
import { Change, Injection, inVariant, OPEN_POLICY, ResourceChange } from '../checks/guard';

export const CHANGES: Change[] = [
  ...inVariant<Change>('GithubOidcRole', [
    { what: 'lets anybody assume a role', change: new ResourceChange(CfnRole, (role) => role.assumeRolePolicyDocument = OPEN_POLICY), property: 'assumeRolePolicyDocument' },
    { what: 'trusts another issuer', change: new ResourceChange(CfnOIDCProvider, (provider) => provider.url = 'https://evil.example.org'), property: 'url', isShared: true },
  ]),
];

export const INJECTIONS: Injection[] = [
  ...inVariant<Injection>('GithubOidcRole', [
    { what: 'roles that anybody may assume', of: Role, props: () => ({ assumedBy: new AnyPrincipal(), managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName('AdministratorAccess')] }) },
    { what: 'providers of another issuer', of: OidcProviderNative, props: () => ({ url: 'https://evil.example.org', clientIds: ['any'], thumbprints: ['a'.repeat(40)] }) },
  ]),
];
