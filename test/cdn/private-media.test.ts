import { execFileSync } from 'child_process';
import { App, Duration, IPropertyInjector, PropertyInjectors, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { KeyGroup } from 'aws-cdk-lib/aws-cloudfront';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, ContainerImage, FargateService, FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { IKey, Key } from 'aws-cdk-lib/aws-kms';
import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Secret, SecretProps } from 'aws-cdk-lib/aws-secretsmanager';
import { readConfig } from '../../lambda/cdn/signing-keys/config';
import { BindingTarget, CdnBindingNames, PrivateMedia, StageProfile, StaticMediaCdn, StaticMediaCdnProps } from '../../src';

const NAMES = { signingKeyId: 'AWS_CLOUDFRONT_KEY_ID', signingKey: 'AWS_CLOUDFRONT_KEY' };

function build(props: StaticMediaCdnProps | ((stack: Stack) => StaticMediaCdnProps) = {}) {
  const app = new App();
  const stack = new Stack(app, 'Stack');
  const more = typeof props === 'function' ? props(stack) : props;
  const cdn = new StaticMediaCdn(stack, 'Subject', Object.freeze({ privateMedia: PrivateMedia.rotatedKeys(), ...more }));
  return { app, stack, cdn };
}

const synth = (...parameters: Parameters<typeof build>): Template => Template.fromStack(build(...parameters).stack);
const only = (template: Template, type: string, idPrefix = ''): any =>
  Object.entries<any>(template.findResources(type)).find(([id]) => id.startsWith(idPrefix))![1];
const rotationIn = (template: Template) => only(template, 'AWS::Lambda::Function', 'SubjectSigningKeysRotationFunction');
const behaviorOfMedia = (template: Template) => only(template, 'AWS::CloudFront::Distribution').Properties.DistributionConfig.CacheBehaviors[0];
const attribute = (name: string) => ({ 'Fn::GetAtt': [expect.stringMatching(/^SubjectSigningKeys[0-9A-F]{8}$/), name] });
const secretRef = { Ref: expect.stringMatching(/^SubjectSigningKeysSecret/) };

describe('media with rotated keys', () => {
  test('are served to whoever has a signature of a key in the group, and static files to everybody', () => {
    const { stack, cdn } = build();
    expect(behaviorOfMedia(Template.fromStack(stack)).TrustedKeyGroups).toEqual([attribute('KeyGroupId')]);
    expect(cdn.explain('/media/a.jpg').signed).toBe(true);
    expect(cdn.explain('/static/a.css').signed).toBe(false);
  });

  test('are served to signatures by groups of yours, too', () => {
    const template = synth((stack) => ({ mediaKeyGroups: [KeyGroup.fromKeyGroupId(stack, 'Keys', 'group-1')] }));
    expect(behaviorOfMedia(template).TrustedKeyGroups).toEqual([attribute('KeyGroupId'), 'group-1']);
  });

  test('cost nothing where nobody asks for them', () => {
    const template = synth({ privateMedia: undefined });
    template.resourceCountIs('AWS::SecretsManager::Secret', 0);
    template.resourceCountIs('Custom::SigningKeys', 0);
    expect(behaviorOfMedia(template)).not.toHaveProperty('TrustedKeyGroups');
    const { cdn } = build({ privateMedia: undefined });
    expect([cdn.mediaSigningKey, cdn.rotationFunction]).toEqual([undefined, undefined]);
  });
});

describe('the keys', () => {
  test('are in no template: a function makes them, and puts the private one into a secret', () => {
    const template = synth();
    expect(only(template, 'Custom::SigningKeys').Properties).toEqual({
      ServiceToken: { 'Fn::GetAtt': [expect.stringMatching(/frameworkonEvent/), 'Arn'] }, ServiceTimeout: '900', SecretArn: secretRef, KeyGroupName: expect.anything(),
    });
    template.resourceCountIs('AWS::CloudFront::PublicKey', 0);
    expect(only(template, 'AWS::SecretsManager::Secret').Properties).not.toHaveProperty('SecretString');
  });

  test('have names that are new in each life of the stack, and what else the function reads', () => {
    const { Variables } = rotationIn(synth()).Properties.Environment;
    expect(Object.keys(Variables).sort()).toEqual(['ROTATE_AFTER_DAYS', 'SIGNING_SECRET']);
    expect(Variables.SIGNING_SECRET).toEqual(secretRef);
    expect(readConfig({ ...Variables, SIGNING_SECRET: 'arn' }).trustRetiredFor).toBe(Duration.days(89).toMilliseconds());
    expect(only(synth(), 'Custom::SigningKeys').Properties.KeyGroupName).toEqual({
      'Fn::Join': ['', [expect.stringMatching(/^subject-signing-keys-[0-9a-f]{6}-$/), { 'Fn::Select': [2, { 'Fn::Split': ['/', { Ref: 'AWS::StackId' }] }] }]],
    });
  });

  test('do not change when the site or the environment gets another name, and neither does their function', () => {
    const named = (siteName?: string, environmentName?: string) => {
      const template = synth({ siteName, environmentName });
      return [only(template, 'Custom::SigningKeys').Properties, rotationIn(template).Properties.Environment];
    };
    expect(named('albums', 'staging')).toEqual(named('photos', 'preprod'));
    expect(named('albums', 'staging')).toEqual(named());
  });

  test('go with the stack, whatever the profile says of data: CloudFront forgets them then', () => {
    const template = synth({ removalPolicy: RemovalPolicy.RETAIN });
    expect(only(template, 'AWS::SecretsManager::Secret')).toMatchObject({ DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' });
  });

  test('are there before the distribution that trusts them, and may be deleted as long as they are', () => {
    const template = synth();
    const [permissions] = only(template, 'Custom::SigningKeys').DependsOn;
    expect(template.toJSON().Resources[permissions].Properties.PolicyDocument.Statement).toEqual([
      {
        Effect: 'Allow',
        Action: ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue', 'secretsmanager:UpdateSecretVersionStage'],
        Resource: secretRef,
      },
      { Effect: 'Allow', Action: expect.arrayContaining(['cloudfront:UpdateKeyGroup', 'cloudfront:DeletePublicKey']), Resource: '*' },
    ]);
  });
});

describe('a key that an organization says for all of its secrets', () => {
  class KeyForSecrets implements IPropertyInjector {
    readonly constructUniqueId = Secret.PROPERTY_INJECTION_ID;

    constructor(private readonly encryptionKey: IKey) {}

    inject(props: SecretProps): SecretProps {
      return { encryptionKey: this.encryptionKey, ...props };
    }
  }

  test('may be used by the function, and by who reads the secret', () => {
    const stack = new Stack(new App(), 'Stack');
    PropertyInjectors.of(stack).add(new KeyForSecrets(new Key(stack, 'Key')));
    const cdn = new StaticMediaCdn(stack, 'Subject', { privateMedia: PrivateMedia.rotatedKeys() });
    cdn.mediaSigningKey!.grantRead(new Role(stack, 'Reader', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') }));
    const template = Template.fromStack(stack);

    const key = { 'Fn::GetAtt': [expect.stringMatching(/^Key/), 'Arn'] };
    expect(only(template, 'AWS::SecretsManager::Secret').Properties.KmsKeyId).toEqual(key);
    expect(only(template, 'AWS::IAM::Policy', 'SubjectSigningKeysRotationRole').Properties.PolicyDocument.Statement).toContainEqual({
      Effect: 'Allow', Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Resource: key,
    });
    expect(only(template, 'AWS::KMS::Key').Properties.KeyPolicy.Statement).toContainEqual(expect.objectContaining({
      Action: 'kms:Decrypt', Principal: { AWS: { 'Fn::GetAtt': [expect.stringMatching(/^Reader/), 'Arn'] } },
    }));
    expect(only(template, 'Custom::SigningKeys').DependsOn).toContainEqual(expect.stringMatching(/^SubjectSigningKeysRotationRoleDefaultPolicy/));
  });
});

describe('the rotation', () => {
  test.each<[string, StaticMediaCdnProps, number]>([
    ['after 90 days', {}, 90],
    ['after as many as asked for', { privateMedia: PrivateMedia.rotatedKeys({ rotateAfter: Duration.days(30) }) }, 30],
    ['after hours that are days', { privateMedia: PrivateMedia.rotatedKeys({ rotateAfter: Duration.hours(48) }) }, 2],
  ])('is %s, and the function knows', (_, props, days) => {
    const template = synth(props);
    expect(only(template, 'AWS::SecretsManager::RotationSchedule').Properties).toEqual({
      SecretId: secretRef,
      RotationLambdaARN: { 'Fn::GetAtt': [expect.stringMatching(/^SubjectSigningKeysRotationFunction/), 'Arn'] },
      RotationRules: { AutomaticallyAfterDays: days },
      RotateImmediatelyOnUpdate: false,
    });
    expect(rotationIn(template).Properties.Environment.Variables.ROTATE_AFTER_DAYS).toBe(String(days));
  });

  test('is set up when there are keys, and Secrets Manager may call the function', () => {
    const template = synth();
    expect(only(template, 'AWS::SecretsManager::RotationSchedule').DependsOn).toEqual(expect.arrayContaining([
      expect.stringMatching(/^SubjectSigningKeys[0-9A-F]{8}$/), expect.stringMatching(/^SubjectSigningKeysRotationFunctionSecretsManager/),
    ]));
    template.hasResourceProperties('AWS::Lambda::Permission', { Principal: 'secretsmanager.amazonaws.com', SourceAccount: { Ref: 'AWS::AccountId' } });
  });

  test('is a function of this library, whose log is kept as long as others', () => {
    const { stack, cdn } = build({ logRetention: RetentionDays.ONE_MONTH });
    const template = Template.fromStack(stack);
    expect(rotationIn(template).Properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'], Timeout: 840, MemorySize: 256, Handler: 'index.handler' });
    expect(only(template, 'AWS::Logs::LogGroup', 'SubjectSigningKeysRotationLogs').Properties.RetentionInDays).toBe(30);
    expect(cdn.rotationFunction!.node.path).toBe('Stack/Subject/SigningKeys/Rotation/Function');
  });

  test('leaves no log in an ephemeral stack', () => {
    const stack = new Stack(new App(), 'Stack');
    StageProfile.ephemeral().applyTo(stack);
    new StaticMediaCdn(stack, 'Subject', { privateMedia: PrivateMedia.rotatedKeys() });
    expect(only(Template.fromStack(stack), 'AWS::Logs::LogGroup', 'SubjectSigningKeysRotationLogs').DeletionPolicy).toBe('Delete');
  });

  test.each([
    [Duration.days(1), '\'rotateAfter\' must be a whole number of days between 2 and 365, got 1'],
    [Duration.days(366), '\'rotateAfter\' must be a whole number of days between 2 and 365, got 366'],
    [Duration.hours(60), '\'rotateAfter\' must be a whole number of days between 2 and 365, got 2.5'],
  ])('does not take %s', (rotateAfter, error) => {
    expect(() => build({ privateMedia: PrivateMedia.rotatedKeys({ rotateAfter }) })).toThrow(`Stack/Subject: ${error}`);
  });
});

describe('an application', () => {
  const fnIn = (stack: Stack) => new Function(stack, 'Web', { runtime: Runtime.NODEJS_24_X, handler: 'index.handler', code: Code.fromInline(' ') });

  test('in a container gets the key and its id as secrets, once there is one', () => {
    const { stack, cdn } = build();
    const vpc = new Vpc(stack, 'Vpc', { natGateways: 0 });
    const taskDefinition = new FargateTaskDefinition(stack, 'Task');
    const container = taskDefinition.addContainer('Web', { image: ContainerImage.fromRegistry('example/web:1.4.0') });
    const service = new FargateService(stack, 'Service', { cluster: new Cluster(stack, 'Cluster', { vpc }), taskDefinition });
    BindingTarget.container(container, service).use(cdn.mediaBinding(NAMES));

    const template = Template.fromStack(stack);
    const field = (name: string) => ({ 'Fn::Join': ['', [attribute('SecretArn'), `:${name}::`]] });
    expect(only(template, 'AWS::ECS::TaskDefinition').Properties.ContainerDefinitions[0].Secrets).toEqual([
      { Name: 'AWS_CLOUDFRONT_KEY_ID', ValueFrom: field('keyPairId') }, { Name: 'AWS_CLOUDFRONT_KEY', ValueFrom: field('privateKey') },
    ]);
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyName: Match.stringLikeRegexp('^TaskExecutionRole'),
      PolicyDocument: {
        Statement: Match.arrayWith([{
          Effect: 'Allow',
          Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
          Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('^SubjectSigningKeys'), 'SecretArn'] },
        }]),
      },
    });
  });

  test('in a function gets the ARN of the secret, and may read it', () => {
    const { stack, cdn } = build();
    BindingTarget.lambdaFunction(fnIn(stack)).use(cdn.mediaBinding({ secretArn: 'SIGNING_KEY_SECRET_ARN' }));
    const template = Template.fromStack(stack);
    expect(only(template, 'AWS::Lambda::Function', 'Web').Properties.Environment.Variables).toEqual({ SIGNING_KEY_SECRET_ARN: attribute('SecretArn') });
    expect(only(template, 'AWS::IAM::Policy', 'WebServiceRole').Properties.PolicyDocument.Statement).toContainEqual({
      Effect: 'Allow', Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'], Resource: attribute('SecretArn'),
    });
  });

  test('in a function cannot have the fields of the secret by names of their own', () => {
    const { stack, cdn } = build();
    expect(() => BindingTarget.lambdaFunction(fnIn(stack)).use(cdn.mediaBinding({ signingKeyId: 'KEY_ID', signingKey: 'KEY' }))).toThrow(
      /the setting 'KEY' from Stack\/Subject\.mediaBinding\(\) would hold the ARN of the secret .*, as 'KEY_ID' .* ask for the ARN alone, by 'secretArn' of the binding/);
  });

  test('that does not ask for the key gets none, and may not read it', () => {
    const { stack, cdn } = build();
    BindingTarget.lambdaFunction(fnIn(stack)).use(cdn.mediaBinding({ bucket: 'BUCKET' }));
    expect(JSON.stringify(only(Template.fromStack(stack), 'AWS::IAM::Policy', 'WebServiceRole'))).not.toContain('secretsmanager');
  });

  test.each<[string, (cdn: StaticMediaCdn, names: CdnBindingNames) => unknown, StaticMediaCdnProps, string]>([
    ['of a CDN whose media are public', (cdn, names) => cdn.mediaBinding(names), { privateMedia: undefined }, 'mediaBinding()'],
    ['of static files', (cdn, names) => cdn.staticBinding(names), {}, 'staticBinding()'],
  ])('%s cannot have the key', (_, bind, props, what) => {
    for (const names of [{ signingKey: 'KEY' }, { signingKeyId: 'ID' }, { secretArn: 'ARN' }]) {
      expect(() => bind(build(props).cdn, names)).toThrow(
        `Stack/Subject: ${what} has no 'signingKeyId', no 'signingKey' and no 'secretArn', which are for mediaBinding() of a CDN with 'privateMedia'`);
    }
  });

  const storagesOf = (env: Record<string, string>) => {
    const source = build().cdn.djangoSettings();
    const { PATH } = process.env;
    return JSON.parse(execFileSync('python3', ['-c', `${source}\nimport json\nprint(json.dumps(STORAGES))`], { encoding: 'utf8', env: { PATH, ...env } }));
  };

  test('of Django signs URLs of media by what is in its environment, and none of static files', () => {
    const storages = storagesOf({ AWS_CLOUDFRONT_KEY_ID: 'K1', AWS_CLOUDFRONT_KEY: 'a key' });
    expect(storages.default.OPTIONS).toMatchObject({ cloudfront_key_id: 'K1', cloudfront_key: 'a key' });
    expect(storages.default.OPTIONS).not.toHaveProperty('querystring_auth');
    expect(storages.staticfiles.OPTIONS.querystring_auth).toBe(false);
  });

  // django-storages takes neither an id without a key nor a key without an id, as test/lifecycle/django.test.ts shows; with neither, it would not sign.
  test.each<[string, Record<string, string>, unknown[]]>([
    ['both', {}, [null, 'not set']],
    ['the key', { AWS_CLOUDFRONT_KEY_ID: 'K1' }, ['K1', 'not set']],
    ['the id', { AWS_CLOUDFRONT_KEY: 'a key' }, [null, 'a key']],
  ])('of Django that lacks %s has settings to collect static files by, and none that leave URLs of media unsigned', (_, env, [id, key]) => {
    expect(storagesOf(env).default.OPTIONS).toMatchObject({ cloudfront_key_id: id, cloudfront_key: key });
    expect(storagesOf(env).default.OPTIONS).not.toHaveProperty('querystring_auth');
  });
});
