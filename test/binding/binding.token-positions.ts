import { Fn, Stack } from 'aws-cdk-lib';
import { SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { ContainerImage, FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { Binding, BindingTarget, EncryptedCache, SecureQueue } from '../../src';
import { isolatedNetwork } from '../cache/encrypted-cache.variants';
import { idIn, imported } from '../checks/imported';
import { TokenPosition, RefusedToken } from '../checks/token-position';

/** A container of nobody's service. */
export function target(scope: Construct): BindingTarget {
  const container = new FargateTaskDefinition(scope, 'Task').addContainer('web', { image: ContainerImage.fromRegistry('example/web:1.4.0') });
  return BindingTarget.container(container, SecurityGroup.fromSecurityGroupId(scope, 'Group', 'sg-12345678'));
}

const secretCalled = (scope: Construct, name: string) => Secret.fromSecretNameV2(scope, idIn(scope), name);
/** The interface and the class that implements it have the same positions. */
const ofBoth = (method: string) => ['BindingTarget', 'IBindingTarget'].map((type) => `${type}.${method}`);

export const TOKEN_POSITIONS: TokenPosition[] = [
  ...(['bucketRead', 'bucketReadWrite'] as const).map((method): TokenPosition => ({
    of: `Binding.${method}(bucket)`,
    literal: 'uploads',
    build: (scope, name) => target(scope).use(Binding[method](imported.bucket(name, scope), { bucket: 'BUCKET' })),
  })),
  {
    of: 'BucketBindingOptions.folder',
    literal: 'media',
    build: (scope, folder) => target(scope).use(Binding.bucketRead(imported.bucket('uploads', scope), { location: 'LOCATION' }, { folder })),
  },
  { of: 'Binding.secret(secret)', literal: 'mails', build: (scope, name) => target(scope).use(Binding.secret(secretCalled(scope, name), 'TOKEN')) },
  { of: 'Binding.secret(field)', literal: 'password', build: (scope, field) => target(scope).use(Binding.secret(secretCalled(scope, 'mails'), 'TOKEN', field)) },
  ...ofBoth('addSetting(value)').map((of) => ({ of, literal: 'x', build: (scope: Construct, value: string) => target(scope).addSetting('HOST', value, 'a test') })),
  ...ofBoth('addSecretSetting(secret)').map((of) => ({
    of, literal: 'mails', build: (scope: Construct, name: string) => target(scope).addSecretSetting('TOKEN', secretCalled(scope, name), 'a test'),
  })),
  ...ofBoth('addSecretSetting(field)').map((of) => ({
    of, literal: 'password', build: (scope: Construct, field: string) => target(scope).addSecretSetting('TOKEN', secretCalled(scope, 'mails'), 'a test', field),
  })),
];

const refusedName = (of: string, bind: (scope: Construct, name: string) => void): RefusedToken => ({
  of,
  why: 'it is the name of a setting, of which each is set once',
  build: (scope, _, list) => bind(scope, Fn.select(0, list)),
  error: 'Stack/Task/web: the name of a setting must be known at synthesis, got a token from ',
});
const refusedOrigin = (of: string, bind: (scope: Construct, origin: string) => void): RefusedToken => ({
  of,
  why: 'an error says it',
  build: (scope, _, list) => bind(scope, Fn.select(0, list)),
  error: 'Stack/Task/web: the origin of the setting \'HOST\' must be known at synthesis, got a token',
});

export const REFUSED_TOKENS: RefusedToken[] = [
  ...ofBoth('addSetting(name)').map((of) => refusedName(of, (scope, name) => target(scope).addSetting(name, 'x', 'a test'))),
  ...ofBoth('addSetting(origin)').map((of) => refusedOrigin(of, (scope, origin) => target(scope).addSetting('HOST', 'x', origin))),
  ...ofBoth('addSecretSetting(name)').map((of) => refusedName(of, (scope, name) => target(scope).addSecretSetting(name, secretCalled(scope, 'mails'), 'a test'))),
  ...ofBoth('addSecretSetting(origin)').map((of) => refusedOrigin(of, (scope, origin) => target(scope).addSecretSetting('HOST', secretCalled(scope, 'mails'), origin))),
  refusedName('Binding.secret(name)', (scope, name) => target(scope).use(Binding.secret(secretCalled(scope, 'mails'), name))),
  ...['bucket', 'location', 'region'].map((of) => refusedName(`BucketBindingNames.${of}`, (scope, name) => {
    target(scope).use(Binding.bucketRead(imported.bucket('uploads', scope), { [of]: name }));
  })),
  ...['name', 'url', 'region', 'visibilityTimeout', 'brokerUrl'].map((of) => refusedName(`QueueBindingNames.${of}`, (scope, name) => {
    target(scope).use(new SecureQueue(scope, 'Subject').workerBinding({ [of]: name }));
  })),
  ...['url', 'host', 'port', 'user', 'password', 'secretArn'].map((of) => refusedName(`CacheBindingNames.${of}`, (scope, name) => {
    target(scope).use(new EncryptedCache(scope, 'Subject', { vpc: isolatedNetwork(Stack.of(scope)) }).binding({ [of]: name }));
  })),
];
