import { Aws, Duration, Fn } from 'aws-cdk-lib';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { GithubOidcProvider, GithubOidcRole, GithubOidcRoleProps, GithubSubject, StageProfile } from '../../src';
import { Variant } from '../checks/variant';

const REPOSITORY = 'octo-org@123456/octo-repo@456789';
const MAIN = GithubSubject.branch(REPOSITORY, 'main');

export const VARIANTS: Variant<GithubOidcRoleProps>[] = [
  {
    name: 'GithubOidcRole',
    build: (scope, update) => new GithubOidcRole(scope, 'Subject', { subjects: [MAIN], ...update }),
    update: { maxSessionDuration: Duration.hours(2) },
  },
  {
    name: 'GithubOidcRole-ephemeral',
    build: (scope, update) => {
      StageProfile.ephemeral().applyTo(scope);
      new GithubOidcRole(scope, 'Subject', { subjects: [MAIN], ...update });
    },
    update: { subjects: [MAIN, GithubSubject.tag(REPOSITORY, 'v*')] },
  },
  {
    name: 'GithubOidcRole-granted',
    build: (scope, update) => {
      const subject = new GithubOidcRole(scope, 'Subject', { subjects: [GithubSubject.environment(REPOSITORY, 'production').alsoClassicUntil('2099-12-31')], ...update });
      subject.grantCdkDeploy();
      subject.grantEcrPush(Repository.fromRepositoryName(scope, 'Images', 'images'));
    },
    update: { subjects: [GithubSubject.environment(REPOSITORY, 'production')] },
  },
  {
    name: 'GithubOidcRole-varied',
    build: (scope, update) => new GithubOidcRole(scope, 'Subject', {
      subjects: [GithubSubject.branch('octo-org/octo-repo', 'release/*'), GithubSubject.anyRef('octo-org/octo-repo')],
      provider: GithubOidcProvider.fromAccount({ issuerUrl: 'https://github.example.org/_services/token' }),
      audience: 'example',
      maxSessionDuration: Duration.hours(12),
      permissionsBoundary: ManagedPolicy.fromAwsManagedPolicyName('PowerUserAccess'),
      path: '/ci/',
      roleName: Fn.select(2, Fn.split('/', Aws.STACK_ID)), // as unique as this life of the stack
      ...update,
    }),
    update: { subjects: [GithubSubject.pullRequest('octo-org/octo-repo')] },
  },
];
