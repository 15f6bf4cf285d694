import { readFileSync } from 'fs';
import { join } from 'path';
import { Annotations as CdkAnnotations, App, Aws, Duration, Environment, NestedStack, Stack, Stage, Token } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { AccountRootPrincipal, Effect, FederatedPrincipal, ManagedPolicy, OidcProviderNative, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import { GithubCdkDeployOptions, GithubOidcProvider, GithubOidcRole, GithubOidcRoleProps, GithubPlanAndApplyOptions, GithubSubject, StageProfile } from '../../src';

const MAIN = GithubSubject.branch('octo-org@1/octo-repo@2', 'main');
const ISSUER = 'token.actions.githubusercontent.com';

function build(props: Partial<GithubOidcRoleProps> = {}, env?: Environment): { stack: Stack; subject: GithubOidcRole } {
  const stack = new Stack(new App(), 'Stack', { env });
  return { stack, subject: new GithubOidcRole(stack, 'Subject', Object.freeze({ subjects: [MAIN], ...props })) };
}

function synth(props?: Partial<GithubOidcRoleProps>): Template {
  return Template.fromStack(build(props).stack);
}

function trustOf(subjects: GithubSubject[], props: Partial<GithubOidcRoleProps> = {}): any[] {
  const [role] = Object.values(synth({ ...props, subjects }).findResources('AWS::IAM::Role'));
  return role.Properties.AssumeRolePolicyDocument.Statement;
}

const conditionsOf = (...subjects: GithubSubject[]) => trustOf(subjects).map(({ Condition }) => Condition);

describe('by default', () => {
  test('trusts one subject and one audience, to the letter', () => {
    expect(trustOf([MAIN])).toEqual([{
      Effect: 'Allow',
      Action: 'sts:AssumeRoleWithWebIdentity',
      Principal: { Federated: { Ref: expect.stringMatching(/^GithubOidcProvider/) } },
      Condition: { StringEquals: { [`${ISSUER}:aud`]: 'sts.amazonaws.com', [`${ISSUER}:sub`]: 'repo:octo-org@1/octo-repo@2:ref:refs/heads/main' } },
    }]);
  });

  test('creates the identity provider without a thumbprint, for that audience, and keeps it', () => {
    const [provider] = Object.values(synth().findResources('AWS::IAM::OIDCProvider'));
    expect(provider).toEqual({
      Type: 'AWS::IAM::OIDCProvider',
      Properties: { Url: `https://${ISSUER}`, ClientIdList: ['sts.amazonaws.com'] },
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
    });
  });

  test('grants nothing, for sessions of an hour, without a name', () => {
    const template = synth();
    template.resourceCountIs('AWS::IAM::Policy', 0);
    template.hasResourceProperties('AWS::IAM::Role', { MaxSessionDuration: 3600, RoleName: Match.absent(), ManagedPolicyArns: Match.absent(), Policies: Match.absent() });
  });

  test('has nothing to warn of', () => {
    expect(Annotations.fromStack(build().stack).findWarning('*', Match.anyValue())).toEqual([]);
  });
});

test('takes a boundary, a path, a name and a longer session', () => {
  const permissionsBoundary = ManagedPolicy.fromManagedPolicyName(new Stack(), 'Boundary', 'boundary');
  synth({ permissionsBoundary, path: '/ci/', roleName: 'deploy', maxSessionDuration: Duration.hours(12) }).hasResourceProperties('AWS::IAM::Role', {
    PermissionsBoundary: Match.anyValue(), Path: '/ci/', RoleName: 'deploy', MaxSessionDuration: 43_200,
  });
});

test('an ephemeral provider goes with its stack', () => {
  const stack = new Stack(new App(), 'Stack');
  StageProfile.ephemeral().applyTo(stack);
  new GithubOidcRole(stack, 'Subject', { subjects: [MAIN] });
  Template.fromStack(stack).allResources('AWS::IAM::OIDCProvider', { DeletionPolicy: 'Delete' });
});

describe('conditions', () => {
  const base = { [`${ISSUER}:aud`]: 'sts.amazonaws.com' };

  test('subjects that ask for the same besides share a statement', () => {
    expect(conditionsOf(MAIN, GithubSubject.tag('octo-org@1/octo-repo@2', 'v1'), MAIN)).toEqual([{
      StringEquals: { ...base, [`${ISSUER}:sub`]: ['repo:octo-org@1/octo-repo@2:ref:refs/heads/main', 'repo:octo-org@1/octo-repo@2:ref:refs/tags/v1'] },
    }]);
  });

  test('only what is wild is compared as a pattern', () => {
    expect(conditionsOf(MAIN, GithubSubject.branch('octo-org@1/octo-repo@2', 'release/*'))).toEqual([
      { StringEquals: { ...base, [`${ISSUER}:sub`]: 'repo:octo-org@1/octo-repo@2:ref:refs/heads/main' } },
      { StringEquals: base, StringLike: { [`${ISSUER}:sub`]: 'repo:octo-org@1/octo-repo@2:ref:refs/heads/release/*' } },
    ]);
  });

  test('what one subject asks for is no alternative for another', () => {
    const production = GithubSubject.environment('octo-org@1/octo-repo@2', 'production').onBranch('main')
      .throughWorkflow('octo-org/octo-automation/.github/workflows/oidc.yml@refs/tags/v*');
    expect(conditionsOf(MAIN, production)).toEqual([
      { StringEquals: { ...base, [`${ISSUER}:sub`]: 'repo:octo-org@1/octo-repo@2:ref:refs/heads/main' } },
      {
        StringEquals: { ...base, [`${ISSUER}:sub`]: 'repo:octo-org@1/octo-repo@2:environment:production', [`${ISSUER}:ref`]: 'refs/heads/main' },
        StringLike: { [`${ISSUER}:job_workflow_ref`]: 'octo-org/octo-automation/.github/workflows/oidc.yml@refs/tags/v*' },
      },
    ]);
  });

  test('another audience is asked for, and known to the provider', () => {
    const template = synth({ audience: 'sts.amazonaws.com.cn' });
    template.hasResourceProperties('AWS::IAM::OIDCProvider', { ClientIdList: ['sts.amazonaws.com.cn'] });
    expect(trustOf([MAIN], { audience: 'sts.amazonaws.com.cn' })[0].Condition.StringEquals[`${ISSUER}:aud`]).toBe('sts.amazonaws.com.cn');
  });

  test.each([['cn-north-1', 'sts.amazonaws.com.cn'], ['cn-northwest-1', 'sts.amazonaws.com.cn'], ['us-gov-west-1', 'sts.amazonaws.com'], ['eu-west-3', 'sts.amazonaws.com']])(
    'in %s, the audience is %s', (region, audience) => {
      const template = Template.fromStack(build({}, { region }).stack);
      template.hasResourceProperties('AWS::IAM::OIDCProvider', { ClientIdList: [audience] });
      template.hasResourceProperties('AWS::IAM::Role', {
        AssumeRolePolicyDocument: { Statement: [Match.objectLike({ Condition: { StringEquals: Match.objectLike({ [`${ISSUER}:aud`]: audience }) } })] },
      });
    });

  test('the audience that is given is taken in China, too', () => {
    Template.fromStack(build({ audience: 'own' }, { region: 'cn-north-1' }).stack).hasResourceProperties('AWS::IAM::OIDCProvider', { ClientIdList: ['own'] });
  });

  test('those of an enterprise server are of its issuer', () => {
    const provider = GithubOidcProvider.createdOnce({ issuerUrl: 'https://github.example.org/_services/token' });
    expect(provider.issuer).toBe('github.example.org/_services/token');
    const [{ Condition }] = trustOf([GithubSubject.branch('o/r', 'main')], { provider });
    expect(Object.keys(Condition.StringEquals)).toEqual(['github.example.org/_services/token:aud', 'github.example.org/_services/token:sub']);
    synth({ subjects: [GithubSubject.branch('o/r', 'main')], provider })
      .hasResourceProperties('AWS::IAM::OIDCProvider', { Url: 'https://github.example.org/_services/token' });
  });
});

describe('claims that AWS STS does not have', () => {
  const production = GithubSubject.environment('o/r', 'production').onBranch('main');

  test.each([['cn-north-1', 'aws-cn'], ['us-gov-west-1', 'aws-us-gov'], ['eusc-de-east-1', 'aws-eusc']])('are refused in %s', (region, partition) => {
    expect(() => build({ subjects: [production] }, { region }))
      .toThrow(`Stack/Subject: 'subjects' must ask for nothing but the subject here, got ref: AWS STS has no such claims in the partition ${partition}`);
  });

  test('are refused of other issuers', () => {
    const provider = GithubOidcProvider.fromAccount({ issuerUrl: 'https://github.example.org/_services/token' });
    expect(() => build({ subjects: [production], provider })).toThrow('AWS STS has no such claims of tokens of github.example.org/_services/token');
  });

  test.each(['https://token.actions.githubusercontent.com/octocat-inc', 'https://token.actions.octocorp.ghe.com'])('are taken of %s', (issuerUrl) => {
    expect(() => build({ subjects: [production], provider: GithubOidcProvider.fromAccount({ issuerUrl }) })).not.toThrow();
  });

  test.each([undefined, 'eu-west-3'])('are taken in region %p', (region) => {
    expect(() => build({ subjects: [production] }, region ? { region } : undefined)).not.toThrow();
  });

  test('are no matter where none is asked for', () => {
    const { stack } = build({}, { region: 'cn-north-1', account: '123456789012' });
    Template.fromStack(stack).resourceCountIs('AWS::IAM::Role', 1);
  });
});

describe('refuses', () => {
  const server = GithubOidcProvider.fromAccount({ issuerUrl: 'https://github.example.org/_services/token' });
  const token = Token.asString({ Ref: 'Parameter' });

  test.each<[string, Partial<GithubOidcRoleProps>, string]>([
    ['no subject', { subjects: [] }, '\'subjects\' must have at least one, got none: nobody could take the role'],
    ['immutable subjects of an enterprise server', { provider: server }, '\'subjects\' must have repositories without ids for GitHub Enterprise Server, which has no immutable subjects, got octo-org@1/octo-repo@2'],
    ['an empty audience', { audience: '' }, '\'audience\' must have between 1 and 255 characters, got 0'],
    ['an endless audience', { audience: 'a'.repeat(256) }, '\'audience\' must have between 1 and 255 characters, got 256'],
    ['an audience that is not known', { audience: token }, '\'audience\' must be known at synthesis, got a token'],
    ['a short session', { maxSessionDuration: Duration.minutes(59) }, '\'maxSessionDuration\' must be a whole number of seconds between 3600 and 43200, got 3540'],
    ['a long session', { maxSessionDuration: Duration.hours(13) }, '\'maxSessionDuration\' must be a whole number of seconds between 3600 and 43200, got 46800'],
    ['a session that is not known', { maxSessionDuration: Duration.seconds(Token.asNumber({ Ref: 'Parameter' })) }, '\'maxSessionDuration\' must be known at synthesis, got a token'],
    ['a path without slashes', { path: 'ci' }, '\'path\' must be at most 512 characters that begin and end with a slash, got \'ci\''],
    ['a name with a slash', { roleName: 'a/b' }, '\'roleName\' must be 1 to 64 letters, digits and characters of +=,.@_-, got \'a/b\''],
    ['a long name', { roleName: 'a'.repeat(65) }, '\'roleName\' must be 1 to 64 letters'],
  ])('%s', (_, props, error) => {
    expect(() => build(props)).toThrow(`Stack/Subject: ${error}`);
  });

  test.each<[string, any, string]>([
    ['no list', undefined, 'nothing'],
    ['a subject that is in no list', MAIN, 'a GithubSubject'],
    ['a list of something else', [MAIN, 'repo:o/r:*'], 'a GithubSubject, repo:o/r:*'],
    ['a list with a gap', [undefined], 'undefined'],
  ])('%s as subjects', (_, subjects, got) => {
    expect(() => new GithubOidcRole(new Stack(new App(), 'Stack'), 'Subject', { subjects })).toThrow(new Error(
      `Stack/Subject: 'subjects' must be a list of nothing but GithubSubject, got ${got}: write [GithubSubject.branch('owner/repo', 'main')], for example`));
  });

  test.each(['http://github.example.org', 'https://github.example.org/', 'https://github.example.org:8443/_services/token', 'https://github.example.org?x', 'github.example.org'])('the issuer %p', (issuerUrl) => {
    for (const provider of [GithubOidcProvider.createdOnce, GithubOidcProvider.fromAccount]) {
      expect(() => provider({ issuerUrl })).toThrow(`GithubOidcProvider: 'issuerUrl' must be an https URL without port, query and slash at the end, got ${issuerUrl}`);
    }
  });

  test('an issuer that is not known', () => {
    expect(() => GithubOidcProvider.fromAccount({ issuerUrl: token })).toThrow('\'issuerUrl\' must be known at synthesis, got a token');
  });

  test('more subjects than a trust policy has room for', () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => GithubSubject.branch(`octo-org@1/octo-repo@${index}`, 'main'));
    expect(() => build({ subjects: many(90) })).toThrow(/Stack\/Subject: 'subjects' must fit into a trust policy of 4096 characters, got about \d+/);
    const { stack } = build({ subjects: many(50) });
    Annotations.fromStack(stack).hasWarning('/Stack/Subject', Match.stringLikeRegexp('an account takes 2048 unless.*\\[ack: cdk-mainstay:GithubOidcRole.LongTrustPolicy\\]'));
    Annotations.fromStack(build({ subjects: many(10) }).stack).hasNoWarning('*', Match.anyValue());
  });
});

describe('warns', () => {
  const warnings = (subjects: GithubSubject[], props: Partial<GithubOidcRoleProps> = {}) =>
    Annotations.fromStack(build({ subjects, ...props }).stack).findWarning('/Stack/Subject', Match.anyValue()).map(({ entry }) => String(entry.data));

  test('of a repository that is trusted as a whole', () => {
    expect(warnings([GithubSubject.anyRef('o@1/r@2')])).toEqual([expect.stringMatching(/whoever may push to o@1\/r@2 can take this role.*\[ack: cdk-mainstay:GithubOidcRole.AnyRef\]/)]);
    for (const subject of [GithubSubject.branch, GithubSubject.tag, GithubSubject.environment]) {
      expect(warnings([subject('o@1/r@2', '*')])).toEqual([expect.stringContaining('[ack: cdk-mainstay:GithubOidcRole.AnyRef]')]);
      expect(warnings([subject('o@1/r@2', 'a*')])).toEqual([]);
    }
    expect(warnings([GithubSubject.branch('o@1/r@2', 'release/*')])).toEqual([]);
  });

  const workflows = 'octo-org/octo-automation/.github/workflows';

  test.each(['refs/*', 'r*', 'refs/heads/*', 'refs/heads?*', 'refs/tags/**', 'refs/*/main'])('of a reusable workflow at %s', (ref) => {
    expect(warnings([MAIN.throughWorkflow(`${workflows}/oidc.yml@${ref}`)])).toEqual([
      `whoever may push a branch or tag that fits ${workflows}/oidc.yml@${ref} decides what this role does: name the branch, tag or commit of the reusable workflow ` +
      '[ack: cdk-mainstay:GithubOidcRole.AnyWorkflowRef]',
    ]);
  });

  test('of reusable workflows of which another claim says no more', () => {
    for (const value of ['*', 'octo-org/*', `${workflows}/*@refs/heads/main`]) expect(warnings([MAIN.withClaim('job_workflow_ref', value)])).toHaveLength(1);
  });

  test.each(['refs/heads/main', 'refs/tags/v*', 'refs/heads/release/*', '0123abc*'])('not of a reusable workflow at %s', (ref) => {
    expect(warnings([MAIN.throughWorkflow(`${workflows}/oidc.yml@${ref}`)])).toEqual([]);
  });

  test('of a repository that is trusted by its name', () => {
    expect(warnings([GithubSubject.branch('o/r', 'main')])).toEqual([expect.stringMatching(/o\/r is trusted by its name.*\[ack: cdk-mainstay:GithubOidcRole.ClassicSubject\]/)]);
  });

  test('not of names on an enterprise server, which has nothing else', () => {
    const provider = GithubOidcProvider.fromAccount({ issuerUrl: 'https://github.example.org/_services/token' });
    expect(warnings([GithubSubject.branch('o/r', 'main')], { provider })).toEqual([]);
  });

  describe('of pull requests', () => {
    const PULL_REQUEST = GithubSubject.pullRequest('o@1/r@2');
    const text = (what: string) => `anybody who can open a pull request from a branch of o@1/r@2 may ${what} by this role, with code that nobody has reviewed ` +
      '(forks get no token, unless by pull_request_target): let pull requests only read, and have another role for a branch, as planAndApply() makes them ' +
      '[ack: cdk-mainstay:GithubOidcRole.PullRequestMayWrite]';
    const afterGrants = (subjects: GithubSubject[], ...grants: ((subject: GithubOidcRole, images: Repository) => unknown)[]) => {
      const { stack, subject } = build({ subjects });
      const images = new Repository(stack, 'Images');
      grants.forEach((grant) => grant(subject, images));
      return Annotations.fromStack(stack).findWarning('/Stack/Subject', Match.anyValue()).map(({ entry }) => String(entry.data));
    };
    const deploy = (subject: GithubOidcRole) => subject.grantCdkDeploy();
    const push = (subject: GithubOidcRole, images: Repository) => subject.grantEcrPush(images);
    const DEPLOY = text('change whatever the roles of CDK\'s bootstrap may deploy');

    test('that may deploy, once', () => {
      expect(afterGrants([PULL_REQUEST], deploy)).toEqual([DEPLOY]);
      expect(afterGrants([PULL_REQUEST], deploy, deploy)).toEqual([DEPLOY]);
    });

    test('that may push images, once', () => {
      expect(afterGrants([PULL_REQUEST], push, push)).toEqual([text('push images')]);
    });

    test('that may do both, whichever was first', () => {
      expect(afterGrants([PULL_REQUEST], push, deploy).sort()).toEqual(afterGrants([PULL_REQUEST], deploy, push).sort());
    });

    test('that are one subject of several, or come by an environment', () => {
      for (const subject of [GithubSubject.anyOf(MAIN, PULL_REQUEST), GithubSubject.environment('o@1/r@2', 'review').withClaim('ref', 'refs/pull/*')]) {
        expect(afterGrants([MAIN, subject], deploy)).toEqual([DEPLOY]);
      }
    });

    test('not where they only read', () => {
      expect(afterGrants([PULL_REQUEST])).toEqual([]);
      expect(afterGrants([PULL_REQUEST], (subject) => subject.grantCdkDiff())).toEqual([]);
    });

    test('not where only a branch or an environment writes', () => {
      expect(afterGrants([MAIN, GithubSubject.environment('o@1/r@2', 'production').onBranch('main')], deploy, push)).toEqual([]);
    });

    test('not of the roles of a pair', () => {
      const stack = new Stack(new App(), 'Stack');
      GithubOidcRole.planAndApply(stack, 'Ci', { repository: 'o@1/r@2' });
      expect(Annotations.fromStack(stack).findWarning('*', Match.anyValue())).toEqual([]);
    });

    test('no more once it is acknowledged', () => {
      const { stack, subject } = build({ subjects: [PULL_REQUEST] });
      CdkAnnotations.of(stack).acknowledgeWarning('cdk-mainstay:GithubOidcRole.PullRequestMayWrite');
      deploy(subject);
      expect(Annotations.fromStack(stack).findWarning('*', Match.anyValue())).toEqual([]);
    });
  });

  test.each([['2026-11-20', 0], ['2026-11-21', 0], ['2026-11-22', 1]])('on %s of a classic subject that was to go on 2026-11-21: %i', (today, count) => {
    jest.useFakeTimers({ now: new Date(`${today}T12:00:00Z`) });
    const said = warnings([MAIN.alsoClassicUntil('2026-11-21')]);
    jest.useRealTimers();
    expect(said.filter((text) => text.includes('GithubOidcRole.ClassicPastDate'))).toHaveLength(count);
    expect(said).toHaveLength(count);
  });
});

describe('the identity provider', () => {
  const count = (stack: Stack) => Object.keys(Template.fromStack(stack).findResources('AWS::IAM::OIDCProvider')).length;
  const role = (scope: Stack, id: string = 'Role', props: Partial<GithubOidcRoleProps> = {}) => new GithubOidcRole(scope, id, { subjects: [MAIN], ...props });
  const ACCOUNT = { account: '123456789012', region: 'eu-west-3' };

  test('is created once for the roles of a stack, with the audiences of all', () => {
    const stack = new Stack(new App(), 'Stack');
    role(stack, 'One');
    role(stack, 'Other', { audience: 'other' });
    expect(count(stack)).toBe(1);
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::OIDCProvider', { ClientIdList: ['sts.amazonaws.com', 'other'] });
  });

  test('is created once for the stacks of an account, which wait for it', () => {
    const app = new App();
    const [first, second] = [new Stack(app, 'First', { env: ACCOUNT }), new Stack(app, 'Second', { env: { ...ACCOUNT, region: 'us-east-1' } })];
    role(first);
    const { oidcProvider } = role(second);

    expect([count(first), count(second)]).toEqual([1, 0]);
    expect(second.dependencies).toEqual([first]);
    expect(second.resolve(oidcProvider.oidcProviderArn)).toEqual({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:iam::123456789012:oidc-provider/${ISSUER}`]] });
  });

  test('is another one in another account', () => {
    const app = new App();
    const stacks = [new Stack(app, 'First', { env: ACCOUNT }), new Stack(app, 'Second', { env: { ...ACCOUNT, account: '210987654321' } })];
    stacks.forEach((stack) => role(stack));
    expect(stacks.map(count)).toEqual([1, 1]);
  });

  test('is another one for another issuer', () => {
    const stack = new Stack(new App(), 'Stack');
    role(stack, 'One');
    role(stack, 'Other', { subjects: [GithubSubject.branch('o/r', 'main')], provider: GithubOidcProvider.createdOnce({ issuerUrl: 'https://github.example.org/_services/token' }) });
    expect(count(stack)).toBe(2);
  });

  test('is created by each stage where the account is not known', () => {
    const app = new App();
    const stacks = ['Test', 'Production'].map((id) => new Stack(new Stage(app, id), 'Stack'));
    stacks.forEach((stack) => role(stack));
    expect(stacks.map(count)).toEqual([1, 1]);
  });

  test('is created by one of two stages in the same account, and the other says which', () => {
    const app = new App();
    const [first, second] = ['Test', 'Production'].map((id) => new Stack(new Stage(app, id), 'Stack', { env: ACCOUNT }));
    role(first);
    role(second);
    expect([count(first), count(second)]).toEqual([1, 0]);
    Annotations.fromStack(second).hasWarning('*', Match.stringLikeRegexp('created by Test/Stack/GithubOidcProvider/Provider, in another stage.*ProviderOfAnotherStage'));
  });

  test('that goes with its stack is nothing to rely on for a role that stays', () => {
    const app = new App();
    const [review, production] = [new Stack(app, 'Review'), new Stack(app, 'Production')];
    StageProfile.ephemeral().applyTo(review);
    role(review);
    role(review, 'Other');
    role(production);
    Annotations.fromStack(review).hasNoWarning('*', Match.anyValue());
    Annotations.fromStack(production).hasWarning('*', Match.stringLikeRegexp(
      'Review/GithubOidcProvider/Provider is destroyed with its stack.*create this role first.*ProviderGoesWithItsStack'));
  });

  test('is in the outermost stack for a nested one, which waits for it', () => {
    const stack = new Stack(new App(), 'Stack');
    const nested = new NestedStack(stack, 'Nested');
    role(nested as Stack);
    expect([count(stack), count(nested)]).toEqual([1, 0]);
    Template.fromStack(stack).hasResource('AWS::CloudFormation::Stack', { DependsOn: [Match.stringLikeRegexp('^GithubOidcProvider')] });
  });

  test('is found in the account', () => {
    const stack = new Stack(new App(), 'Stack');
    const { oidcProvider } = role(stack, 'Role', { provider: GithubOidcProvider.fromAccount() });
    expect(count(stack)).toBe(0);
    expect(JSON.stringify(stack.resolve(oidcProvider.oidcProviderArn))).toContain(`:oidc-provider/${ISSUER}`);
  });

  test('is one of the app', () => {
    const stack = new Stack(new App(), 'Stack');
    const own = new OidcProviderNative(stack, 'Own', { url: `https://${ISSUER}` });
    const { oidcProvider } = role(stack, 'Role', { provider: GithubOidcProvider.fromProvider(own) });
    expect(oidcProvider).toBe(own);
    expect(count(stack)).toBe(1);
  });
});

describe('grants', () => {
  const policyOf = (grant: (subject: GithubOidcRole, stack: Stack) => void, env?: Environment) => {
    const { stack, subject } = build({}, env);
    grant(subject, stack);
    return Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy')).flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
  };
  const roleArn = (name: string, account = '123456789012', region = 'eu-west-3') =>
    ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:iam::${account}:role/cdk-${name}-${account}-${region}`]] });
  const ENV = { account: '123456789012', region: 'eu-west-3' };

  test('of other constructs go to the role', () => {
    const statements = policyOf((subject, stack) => new Bucket(stack, 'Bucket').grantRead(subject));
    expect(statements).toEqual([expect.objectContaining({ Effect: 'Allow', Action: ['s3:GetObject*', 's3:GetBucket*', 's3:List*'] })]);
  });

  test('let cdk deploy take the bootstrap roles, and nothing else', () => {
    expect(policyOf((subject) => subject.grantCdkDeploy(), ENV)).toEqual([{
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Resource: ['deploy-role', 'file-publishing-role', 'image-publishing-role', 'lookup-role'].map((role) => roleArn(`hnb659fds-${role}`)),
    }]);
  });

  test('let cdk diff take the lookup role, and nothing else', () => {
    expect(policyOf((subject) => subject.grantCdkDiff(), ENV)).toEqual([{ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: roleArn('hnb659fds-lookup-role') }]);
  });

  test('may be for other environments', () => {
    const [{ Resource }] = policyOf((subject) => subject.grantCdkDiff({ qualifier: 'own', accounts: ['111111111111', '222222222222'], regions: ['us-east-1', 'eu-west-1'] }), ENV);
    expect(Resource).toEqual([
      roleArn('own-lookup-role', '111111111111', 'us-east-1'), roleArn('own-lookup-role', '111111111111', 'eu-west-1'),
      roleArn('own-lookup-role', '222222222222', 'us-east-1'), roleArn('own-lookup-role', '222222222222', 'eu-west-1'),
    ]);
  });

  describe.each(['grantCdkDeploy', 'grantCdkDiff'] as const)('%s()', (grant) => {
    test.each<[GithubCdkDeployOptions, string]>([
      [{ regions: [] }, '\'regions\' must have at least one, got none: leave it out for that of the stack'],
      [{ accounts: [] }, '\'accounts\' must have at least one, got none: leave it out for that of the stack'],
      [{ accounts: ['prod'], regions: ['Frankfurt'] }, '\'accounts\' must be ids of accounts, with 12 digits each, got prod: write the id instead of a name'],
      [{ accounts: ['123456789012', '12345678901', '1234567890123'] }, '\'accounts\' must be ids of accounts, with 12 digits each, got 12345678901, 1234567890123: write the id instead of a name'],
      [{ regions: ['Frankfurt'] }, '\'regions\' must be names of regions, as in eu-central-1, got Frankfurt: write the code of the region'],
      [{ regions: ['eu-west-1', 'eu-central', 'eu-west-1a', 'EU-WEST-1', 'eu_west_1', '*', ''] }, '\'regions\' must be names of regions, as in eu-central-1, got eu-central, eu-west-1a, EU-WEST-1, eu_west_1, *, : write the code of the region'],
      [{ regions: [undefined as any] }, '\'regions\' must be names of regions, as in eu-central-1, got undefined: write the code of the region'],
    ])('refuses %p', (options, error) => {
      expect(() => build().subject[grant](options)).toThrow(new Error(`Stack/Subject: ${error}`));
    });

    test('takes each region that there is, and what is not known', () => {
      const regions = RegionInfo.regions.map(({ name }) => name);
      expect(regions).toEqual(expect.arrayContaining(['us-gov-west-1', 'cn-north-1', 'eusc-de-east-1', 'us-isob-east-1']));
      expect(() => build().subject[grant]({ accounts: ['210987654321', Aws.ACCOUNT_ID], regions: [...regions, Aws.REGION] })).not.toThrow();
    });
  });

  test('let images be pushed to one repository', () => {
    const statements = policyOf((subject, stack) => subject.grantEcrPush(new Repository(stack, 'Images')));
    expect(statements).toEqual([
      {
        Effect: 'Allow',
        Action: ['ecr:CompleteLayerUpload', 'ecr:UploadLayerPart', 'ecr:InitiateLayerUpload', 'ecr:BatchCheckLayerAvailability', 'ecr:PutImage'],
        Resource: { 'Fn::GetAtt': [expect.stringMatching(/^Images/), 'Arn'] },
      },
      { Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
    ]);
  });
});

describe('plan and apply', () => {
  const pair = (options: Partial<GithubPlanAndApplyOptions> = {}) => {
    const stack = new Stack(new App(), 'Stack', { env: { account: '123456789012', region: 'eu-west-3' } });
    return { stack, ...GithubOidcRole.planAndApply(stack, 'Ci', { repository: 'o@1/r@2', ...options }) };
  };
  const from = (rest: string, more: object = {}) => ({ aud: 'sts.amazonaws.com', sub: `repo:o@1/r@2:${rest}`, ...more });

  test('pull requests plan, and only the main branch applies', () => {
    const { plan, apply } = pair();
    expect(plan.wouldAllow(from('pull_request'))).toBe(true);
    expect(plan.wouldAllow(from('ref:refs/heads/main'))).toBe(false);
    expect(apply.wouldAllow(from('ref:refs/heads/main'))).toBe(true);
    expect(apply.wouldAllow(from('ref:refs/heads/dev'))).toBe(false);
    expect(apply.wouldAllow(from('pull_request'))).toBe(false);
  });

  test('an environment is asked for besides the branch', () => {
    const { apply } = pair({ environment: 'production', branch: 'release' });
    expect(apply.wouldAllow(from('environment:production', { ref: 'refs/heads/release' }))).toBe(true);
    expect(apply.wouldAllow(from('environment:production', { ref: 'refs/heads/main' }))).toBe(false);
    expect(apply.wouldAllow(from('ref:refs/heads/release', { ref: 'refs/heads/release' }))).toBe(false);
  });

  test('both have the audience, session and path that are given', () => {
    const { stack, plan, apply } = pair({ audience: 'own', maxSessionDuration: Duration.hours(4), path: '/ci/' });
    Template.fromStack(stack).allResourcesProperties('AWS::IAM::Role', { MaxSessionDuration: 14_400, Path: '/ci/' });
    for (const [role, rest] of [[plan, 'pull_request'], [apply, 'ref:refs/heads/main']] as const) {
      expect(role.wouldAllow(from(rest, { aud: 'own' }))).toBe(true);
      expect(role.wouldAllow(from(rest))).toBe(false);
    }
  });

  test('both are trusted in the classic format for as long as that is asked for', () => {
    const classic = (rest: string, more: object = {}) => from(rest, { sub: `repo:o/r:${rest}`, ...more });
    const { plan, apply } = pair({ environment: 'production', alsoClassicUntil: '2099-12-31' });
    expect(plan.wouldAllow(classic('pull_request'))).toBe(true);
    expect(plan.wouldAllow(from('pull_request'))).toBe(true);
    expect(apply.wouldAllow(classic('environment:production', { ref: 'refs/heads/main' }))).toBe(true);
    expect(apply.wouldAllow(classic('environment:production', { ref: 'refs/heads/dev' }))).toBe(false);
    expect(pair().plan.wouldAllow(classic('pull_request'))).toBe(false);
  });

  test('the plan may only take the lookup role', () => {
    const policies = Template.fromStack(pair().stack).findResources('AWS::IAM::Policy');
    const [plan] = Object.entries(policies).filter(([id]) => id.startsWith('CiPlan')).map(([, { Properties }]) => JSON.stringify(Properties.PolicyDocument));
    expect(plan).toContain('-lookup-role-');
    expect(plan).not.toContain('-deploy-role-');
    expect(plan).not.toContain('-publishing-role-');
  });
});

test('the page shows what a role explains', () => {
  const deploy = build({ subjects: [GithubSubject.branch('octo-org@123456/octo-repo@456789', 'main')] }).subject;
  const [, table] = /<!-- explained -->\n([^]*?)<!-- \/explained -->/.exec(readFileSync(join(__dirname, '..', '..', 'docs', 'constructs', 'github-oidc-role.md'), 'utf8'))!;
  const rows = table.trim().split('\n').slice(2).map((row) => row.split('|').slice(1, -1).map((cell) => cell.trim()));
  expect(rows).toHaveLength(3);
  for (const [token, said] of rows) {
    expect(said).toBe(deploy.explain({ aud: 'sts.amazonaws.com', sub: token.replaceAll('`', '') }).replaceAll('\n', '<br>'));
  }
});

describe('explains', () => {
  const { subject } = build({ subjects: [MAIN] });
  const classic = build({ subjects: [GithubSubject.branch('octo-org/octo-repo', 'main')] }).subject;
  const token = (sub: string, more: object = {}) => ({ iss: `https://${ISSUER}`, aud: 'sts.amazonaws.com', sub, ...more });

  test('which statement lets a token in', () => {
    const claims = token('repo:octo-org@1/octo-repo@2:ref:refs/heads/main');
    expect(subject.wouldAllow(claims)).toBe(true);
    expect(subject.explain(claims)).toBe('allowed\n- statement 1: aud is "sts.amazonaws.com", sub is "repo:octo-org@1/octo-repo@2:ref:refs/heads/main"');
  });

  test('which claim stops it', () => {
    const claims = token('repo:octo-org@1/octo-repo@2:ref:refs/heads/dev');
    expect(subject.wouldAllow(claims)).toBe(false);
    expect(subject.explain(claims)).toBe(
      'denied\n- statement 1: sub is "repo:octo-org@1/octo-repo@2:ref:refs/heads/dev", must be "repo:octo-org@1/octo-repo@2:ref:refs/heads/main"');
  });

  test('that a claim is missing', () => {
    expect(subject.explain({ sub: 'repo:octo-org@1/octo-repo@2:ref:refs/heads/main' })).toBe('denied\n- statement 1: aud is missing, must be "sts.amazonaws.com"');
  });

  test('that the token is of another issuer', () => {
    expect(subject.explain(token('repo:octo-org@1/octo-repo@2:ref:refs/heads/main', { iss: 'https://evil.example.org' })))
      .toBe('denied\n- the token is of another issuer: iss is "https://evil.example.org", must be "https://token.actions.githubusercontent.com"');
  });

  test.each<[string, GithubOidcRole, object, string]>([
    ['the repository has immutable subjects', classic, token('repo:octo-org@1/octo-repo@2:ref:refs/heads/main'), '- the repository has immutable subjects: trust octo-org@1/octo-repo@2'],
    ['the repository has classic subjects', subject, token('repo:octo-org/octo-repo:ref:refs/heads/main'), '- the repository has classic subjects: opt in to immutable ones in its settings for OIDC, or add alsoClassicUntil()'],
    ['the job is for an environment', classic, token('repo:octo-org/octo-repo:environment:prod', { environment: 'prod' }), '- a job for an environment has no ref in its subject: trust GithubSubject.environment(…).onBranch(…)'],
    ['case differs', classic, token('repo:Octo-Org/octo-repo:ref:refs/heads/main'), '- upper and lower case are told apart'],
    ['no audience was asked for', classic, token('repo:octo-org/octo-repo:ref:refs/heads/main', { aud: 'https://github.com/octo-org' }), '- the token was made for nobody in particular: ask for an audience, as aws-actions/configure-aws-credentials does'],
  ])('what to do where %s', (_, role, claims, advice) => {
    expect(role.wouldAllow(claims)).toBe(false);
    expect(role.explain(claims).split('\n').at(-1)).toBe(advice);
  });

  test('no advice where another repository asks', () => {
    expect(classic.explain(token('repo:octo-org@1/other@2:ref:refs/heads/main')).split('\n')).toHaveLength(2);
  });

  test('what others made of the trust policy', () => {
    const { subject: open } = build();
    const claims = token('repo:o/r:pull_request', { actor: 'octocat' });
    expect(open.wouldAllow(claims)).toBe(false);
    open.role.assumeRolePolicy!.addStatements(new PolicyStatement({
      principals: [new FederatedPrincipal('provider', {}, 'sts:AssumeRoleWithWebIdentity')],
      actions: ['STS:Assume*'],
      conditions: { StringLike: { [`${ISSUER}:sub`]: 'repo:o/r:*' } },
    }));
    expect(open.explain(claims)).toBe('allowed\n- statement 2: sub is "repo:o/r:pull_request"');
    open.role.assumeRolePolicy!.addStatements(new PolicyStatement({
      effect: Effect.DENY,
      principals: [new FederatedPrincipal('provider', {}, 'sts:AssumeRoleWithWebIdentity')],
      actions: ['sts:AssumeRoleWithWebIdentity'],
      conditions: { StringEquals: { [`${ISSUER}:actor`]: 'octocat' } },
    }));
    expect(open.explain(claims)).toBe('denied\n- statement 3 denies it');
  });

  test('nothing of statements that are for others', () => {
    const { subject: shared } = build();
    shared.role.assumeRolePolicy!.addStatements(new PolicyStatement({ principals: [new AccountRootPrincipal()], actions: ['sts:AssumeRole'] }));
    expect(shared.wouldAllow(token('repo:o/r:pull_request'))).toBe(false);
  });

  test('that it cannot decide on what no claim says', () => {
    const { subject: odd } = build();
    odd.role.assumeRolePolicy!.addStatements(new PolicyStatement({
      principals: [new FederatedPrincipal('provider', {}, 'sts:AssumeRoleWithWebIdentity')],
      actions: ['sts:AssumeRoleWithWebIdentity'],
      conditions: { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } },
    }));
    expect(() => odd.explain(token('x'))).toThrow('Stack/Subject: statement 2 of the trust policy has IpAddress on aws:SourceIp: only StringEquals and StringLike on claims of token.actions.githubusercontent.com can be decided without AWS');
  });
});
