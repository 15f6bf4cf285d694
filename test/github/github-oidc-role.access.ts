import { App, Stack } from 'aws-cdk-lib';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { GithubOidcProvider, GithubOidcRole, GithubSubject } from '../../src';
import { AccessRule, Actor, call, Scene, valuesOf } from '../checks/access-rules';
import { ACCOUNT, REGION } from '../checks/intrinsics';

const BOOTSTRAP_ROLES = ['deploy', 'file-publishing', 'image-publishing', 'lookup'];

/** The roles of a repository, in an account that is bootstrapped. Who may take them is in github-claims.table.test.ts. */
function repositoryRoles(): Scene {
  const stack = new Stack(new App(), 'Stack', { env: { account: ACCOUNT, region: REGION } });
  const { plan, apply } = GithubOidcRole.planAndApply(stack, 'Ci', { repository: 'o@1/r@2', provider: GithubOidcProvider.fromAccount() });
  const push = new GithubOidcRole(stack, 'Push', { subjects: [GithubSubject.branch('o@1/r@2', 'main')], provider: GithubOidcProvider.fromAccount() });
  const images = new Repository(stack, 'Images');
  push.grantEcrPush(images);
  const lookUp = new GithubOidcRole(stack, 'LookUp', { subjects: [GithubSubject.branch('o@1/r@2', 'main')], provider: GithubOidcProvider.fromAccount() });
  lookUp.grantCdkDiff();
  const named = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
  const bootstrap = BOOTSTRAP_ROLES.map((role) => [role, `cdk-hnb659fds-${role}-role-${ACCOUNT}-${REGION}`]);
  for (const [role, roleName] of [...bootstrap, ['other', 'other']]) new Role(stack, role, { roleName, assumedBy: new AccountRootPrincipal() });

  const { template, valueOf } = valuesOf(stack);
  const repository = valueOf(images.repositoryArn);
  const stackArn = (region: string) => `arn:aws:cloudformation:${region}:${ACCOUNT}:stack/Shop/0123abcd`;
  const actor = (what: string, { role }: GithubOidcRole) => new Actor(what, valueOf(role.roleArn));
  const [planning, applying, pushing, looking] = [actor('a plan', plan), actor('an apply', apply), actor('a push', push), actor('a diff with look-ups', lookUp)];
  const take = (roleName: string) => call('sts:AssumeRole', named(roleName));
  const nothingElse = (who: Actor): AccessRule[] => [
    who.mayNot('take another role', take('other')),
    who.mayNot('make a policy', call('iam:CreatePolicy', `arn:aws:iam::${ACCOUNT}:policy/any`)),
    who.mayNot('change a stack', call('cloudformation:UpdateStack', `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/any/1`)),
  ];
  return {
    name: 'GithubOidcRole',
    template,
    unknownActions: ['sts:AssumeRoleWithWebIdentity'], // whose conditions the simulator does not know: github-claims.table.test.ts
    rules: [
      ...bootstrap.map(([role, roleName]) => applying.may(`take the ${role} role`, take(roleName))),
      ...bootstrap.map(([role, roleName]) => planning.mayNot(`take the ${role} role`, take(roleName))),
      planning.may('read the templates of deployed stacks', ...['DescribeStacks', 'GetTemplate', 'ListStackResources'].map((verb) => call(`cloudformation:${verb}`, stackArn(REGION)))),
      planning.mayNot('read a template in another region', call('cloudformation:GetTemplate', stackArn('us-west-1'))),
      // What the bootstrap's lookup role may read, and nobody has reviewed who asks for it.
      planning.mayNot('read an object', call('s3:GetObject', 'arn:aws:s3:::media/private/a.jpg')),
      planning.mayNot('read an item', call('dynamodb:GetItem', `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/orders`)),
      planning.mayNot('read the environment of a function', call('lambda:GetFunctionConfiguration', `arn:aws:lambda:${REGION}:${ACCOUNT}:function:api`)),
      planning.mayNot('read a parameter', call('ssm:GetParameter', `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/secret`)),
      planning.mayNot('read logs', call('logs:GetLogEvents', `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:api:log-stream:one`)),
      planning.mayNot('make a change set', call('cloudformation:CreateChangeSet', stackArn(REGION))),
      looking.may('take the lookup role', take(bootstrap[3][1])),
      ...bootstrap.slice(0, 3).map(([role, roleName]) => looking.mayNot(`take the ${role} role`, take(roleName))),
      ...[planning, applying, pushing, looking].flatMap(nothingElse),
      ...bootstrap.map(([role, roleName]) => pushing.mayNot(`take the ${role} role`, take(roleName))),
      pushing.may('log in', call('ecr:GetAuthorizationToken', '*')),
      pushing.may('push an image', ...['BatchCheckLayerAvailability', 'InitiateLayerUpload', 'UploadLayerPart', 'CompleteLayerUpload', 'PutImage', 'BatchGetImage'].map((verb) => call(`ecr:${verb}`, repository))),
      pushing.mayNot('pull the layers of an image', call('ecr:GetDownloadUrlForLayer', repository)),
      pushing.mayNot('read an image of another repository', call('ecr:BatchGetImage', `${repository}-other`)),
      pushing.mayNot('delete an image', call('ecr:BatchDeleteImage', repository)),
      pushing.mayNot('push to another repository', call('ecr:PutImage', `${repository}-other`)),
      pushing.mayNot('let others pull', call('ecr:SetRepositoryPolicy', repository)),
      ...[...bootstrap.map(([, roleName]) => roleName), 'other'].map((roleName) => new Actor('the account', `arn:aws:iam::${ACCOUNT}:root`).may(`take ${roleName}`, take(roleName))),
    ],
  };
}

export const SCENES: Scene[] = [repositoryRoles()];
