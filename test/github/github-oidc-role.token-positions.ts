import { CfnOutput, Duration, Tokenization } from 'aws-cdk-lib';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { ManagedPolicy, OidcProviderNative } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { GithubCdkDeployOptions, GithubCdkTemplateDiffOptions, GithubOidcProvider, GithubOidcRole, GithubOidcRoleProps, GithubSubject, GithubWorkflowOptions } from '../../src';
import { idIn } from '../checks/imported';
import { TokenPosition, RefusedToken } from '../checks/token-position';

const MAIN = GithubSubject.branch('octo-org@1/octo-repo@2', 'main');
const BOUNDARY = 'arn:aws:iam::123456789012:policy/boundary';
const PROVIDER = 'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com';

const roleWith = (scope: Construct, props: Partial<GithubOidcRoleProps> = {}) => new GithubOidcRole(scope, 'Subject', { subjects: [MAIN], ...props });
const boundary = (arn: string, scope: Construct) => ManagedPolicy.fromManagedPolicyArn(scope, idIn(scope), arn);
const role = (props: (value: any, scope: Construct) => Partial<GithubOidcRoleProps>) => ({
  build: (scope: Construct, value: any) => void roleWith(scope, props(value, scope)),
});
const deploying = (options: (value: any) => GithubCdkDeployOptions) => ({
  build: (scope: Construct, value: any) => void roleWith(scope).grantCdkDeploy(options(value)),
});
const comparing = (options: (value: any) => GithubCdkTemplateDiffOptions) => ({
  build: (scope: Construct, value: any) => void roleWith(scope).grantCdkTemplateDiff(options(value)),
});
const workflow = (options: (value: any) => GithubWorkflowOptions) => ({
  build: (scope: Construct, value: any) => void new CfnOutput(scope, 'Workflow', { value: roleWith(scope).workflowYaml(options(value)) }),
});

export const TOKEN_POSITIONS: TokenPosition[] = [
  { of: 'GithubCdkDeployOptions.accounts', literal: '210987654321', ...deploying((account) => ({ accounts: [account] })) },
  { of: 'GithubCdkDeployOptions.qualifier', literal: 'own', ...deploying((qualifier) => ({ qualifier })) },
  { of: 'GithubCdkDeployOptions.regions', literal: 'us-east-1', ...deploying((region) => ({ regions: [region] })) },
  { of: 'GithubCdkTemplateDiffOptions.regions', literal: 'us-east-1', ...comparing((region) => ({ regions: [region] })) },
  { of: 'GithubCdkTemplateDiffOptions.stackNames', literal: 'Shop', ...comparing((name) => ({ stackNames: [name] })) },
  {
    of: 'GithubOidcProvider.fromProvider(provider)',
    literal: PROVIDER,
    takenApart: true, // for the issuer, which nobody uses here
    ...role((arn, scope) => ({ provider: GithubOidcProvider.fromProvider(OidcProviderNative.fromOidcProviderArn(scope, idIn(scope), arn)) })),
  },
  {
    of: 'GithubOidcRole.grantEcrPush(repository)',
    literal: 'images',
    build: (scope, name) => void roleWith(scope).grantEcrPush(Repository.fromRepositoryName(scope, idIn(scope), name)),
  },
  { of: 'GithubRoleOptions.path', literal: '/ci/', ...role((path) => ({ path })) },
  { of: 'GithubRoleOptions.permissionsBoundary', literal: BOUNDARY, ...role((arn, scope) => ({ permissionsBoundary: boundary(arn, scope) })) },
  { of: 'GithubOidcRoleProps.roleName', literal: 'deploy', ...role((roleName) => ({ roleName })) },
  {
    of: 'GithubRoleOptions.path',
    literal: '/ci/',
    build: (scope, path) => void GithubOidcRole.planAndApply(scope, 'Ci', { repository: 'o@1/r@2', path }),
  },
  {
    of: 'GithubRoleOptions.permissionsBoundary',
    literal: BOUNDARY,
    build: (scope, arn) => void GithubOidcRole.planAndApply(scope, 'Ci', { repository: 'o@1/r@2', permissionsBoundary: boundary(arn, scope) }),
  },
  { of: 'GithubWorkflowOptions.commands', literal: 'make deploy', ...workflow((command) => ({ commands: [command] })) },
  { of: 'GithubWorkflowOptions.installCommands', literal: 'make deps', ...workflow((command) => ({ installCommands: [command] })) },
  { of: 'GithubWorkflowOptions.region', literal: 'us-east-1', ...workflow((region) => ({ region })) },
  { of: 'GithubWorkflowOptions.roleArn', literal: 'arn:aws:iam::123456789012:role/deploy', ...workflow((roleArn) => ({ roleArn })) },
];

const text = Tokenization.stringifyNumber;
const READERS = 'whom a role trusts is for its readers to see';

const refusedSubjects: [of: string, prop: string, build: (value: string) => unknown][] = [
  ['GithubSubject.anyRef(repository)', 'repository', (value) => GithubSubject.anyRef(value)],
  ['GithubSubject.branch(branch)', 'branch', (value) => GithubSubject.branch('o/r', value)],
  ['GithubSubject.branch(repository)', 'repository', (value) => GithubSubject.branch(value, 'main')],
  ['GithubSubject.environment(environment)', 'environment', (value) => GithubSubject.environment('o/r', value)],
  ['GithubSubject.environment(repository)', 'repository', (value) => GithubSubject.environment(value, 'prod')],
  ['GithubSubject.onBranch(branch)', 'branch', (value) => GithubSubject.environment('o/r', 'prod').onBranch(value)],
  ['GithubSubject.pullRequest(repository)', 'repository', (value) => GithubSubject.pullRequest(value)],
  ['GithubSubject.tag(repository)', 'repository', (value) => GithubSubject.tag(value, 'v1')],
  ['GithubSubject.tag(tag)', 'tag', (value) => GithubSubject.tag('o/r', value)],
  ['GithubSubject.throughWorkflow(workflowRef)', 'workflowRef', (value) => MAIN.throughWorkflow(value)],
  ['GithubSubject.withClaim(value)', 'value', (value) => MAIN.withClaim('actor', value)],
];

const refusedLists: [of: string, prop: string, build: (subject: GithubOidcRole, list: string[]) => unknown][] = [
  ['GithubCdkDeployOptions.accounts', 'accounts', (subject, accounts) => subject.grantCdkDeploy({ accounts })],
  ['GithubCdkDeployOptions.regions', 'regions', (subject, regions) => subject.grantCdkDeploy({ regions })],
  ['GithubCdkTemplateDiffOptions.regions', 'regions', (subject, regions) => subject.grantCdkTemplateDiff({ regions })],
  ['GithubCdkTemplateDiffOptions.stackNames', 'stackNames', (subject, stackNames) => subject.grantCdkTemplateDiff({ stackNames })],
  ['GithubWorkflowOptions.installCommands', 'installCommands', (subject, installCommands) => subject.workflowYaml({ installCommands })],
  ['GithubWorkflowOptions.commands', 'commands', (subject, commands) => subject.workflowYaml({ commands })],
];

export const REFUSED_TOKENS: RefusedToken[] = [
  ...refusedSubjects.map(([of, prop, build]) => ({
    of,
    why: 'it says whom a role trusts',
    build: (_: Construct, number: number) => build(text(number)),
    error: `GithubSubject: '${prop}' must be known at synthesis, got a token: ${READERS}`,
  })),
  {
    of: 'GithubPlanAndApplyOptions.alsoClassicUntil',
    why: 'it is compared with today',
    build: (scope, number) => GithubOidcRole.planAndApply(scope, 'Ci', { repository: 'o@1/r@2', alsoClassicUntil: text(number) }),
    error: 'GithubSubject: \'date\' must be a day as YYYY-MM-DD, got a token',
  },
  {
    of: 'GithubRoleOptions.audience',
    why: 'it says whom a role trusts',
    build: (scope, number) => GithubOidcRole.planAndApply(scope, 'Ci', { repository: 'o@1/r@2', audience: text(number) }),
    error: `Stack/Ci/Plan: 'audience' must be known at synthesis, got a token: ${READERS}`,
  },
  {
    of: 'GithubRoleOptions.maxSessionDuration',
    why: 'CDK compares it',
    build: (scope, number) => GithubOidcRole.planAndApply(scope, 'Ci', { repository: 'o@1/r@2', maxSessionDuration: Duration.seconds(number) }),
    error: 'Stack/Ci/Plan: \'maxSessionDuration\' must be known at synthesis, got a token: CDK compares it with what IAM takes',
  },
  ...['repository', 'branch', 'environment'].map((prop) => ({
    of: `GithubPlanAndApplyOptions.${prop}`,
    why: 'it says whom a role trusts',
    build: (scope: Construct, number: number) => GithubOidcRole.planAndApply(scope, 'Ci', { repository: 'o/r', [prop]: text(number) }),
    error: `GithubSubject: '${prop}' must be known at synthesis, got a token: ${READERS}`,
  })),
  {
    of: 'GithubSubject.withClaim(claim)',
    why: 'it is part of the name of a condition',
    build: (_, number) => MAIN.withClaim(text(number), 'octocat'),
    error: 'GithubSubject: \'claim\' must be one that AWS STS knows',
  },
  {
    of: 'GithubSubject.alsoClassicUntil(date)',
    why: 'it is compared with today',
    build: (_, number) => MAIN.alsoClassicUntil(text(number)),
    error: 'GithubSubject: \'date\' must be a day as YYYY-MM-DD, got a token',
  },
  {
    of: 'GithubOidcProviderOptions.issuerUrl',
    why: 'it is part of the names of conditions',
    build: (_, number) => GithubOidcProvider.createdOnce({ issuerUrl: text(number) }),
    error: 'GithubOidcProvider: \'issuerUrl\' must be known at synthesis, got a token',
  },
  {
    of: 'GithubRoleOptions.audience',
    why: 'it says whom a role trusts',
    build: (scope, number) => roleWith(scope, { audience: text(number) }),
    error: `Stack/Subject: 'audience' must be known at synthesis, got a token: ${READERS}`,
  },
  {
    of: 'GithubRoleOptions.maxSessionDuration',
    why: 'CDK compares it',
    build: (scope, number) => roleWith(scope, { maxSessionDuration: Duration.seconds(number) }),
    error: 'Stack/Subject: \'maxSessionDuration\' must be known at synthesis, got a token: CDK compares it with what IAM takes',
  },
  ...refusedLists.map(([of, prop, build]) => ({
    of,
    why: 'each item is used by itself',
    build: (scope: Construct, _: number, list: string[]) => build(roleWith(scope), list),
    error: `Stack/Subject: '${prop}' must be a list known at synthesis, got a token: each item is used by itself`,
  })),
];
