import { Duration, Fn, Stack, Tokenization } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { KeyGroup } from 'aws-cdk-lib/aws-cloudfront';
import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { BindingTarget, DefaultContent, PrivateMedia, StaticFiles, StaticMediaCdn, StaticMediaCdnProps } from '../../src';
import { idIn, imported, KEY_ARN } from '../checks/imported';
import { TokenPosition, RefusedToken } from '../checks/token-position';

const CERTIFICATE_ARN = 'arn:aws:acm:us-east-1:123456789012:certificate/0d4ef1a3';

const cdn = (props: (value: any, scope: Construct) => StaticMediaCdnProps) => ({
  props,
  build: (scope: Construct, value: any) => void new StaticMediaCdn(scope, 'Subject', props(value, scope)),
});

const zone = (scope: Construct, hostedZoneId: string) => HostedZone.fromHostedZoneAttributes(scope, idIn(scope), { hostedZoneId, zoneName: 'example.org' });

export const TOKEN_POSITIONS: TokenPosition[] = [
  { of: 'StaticMediaCdnProps.accessLogsBucket', literal: 'logs', ...cdn((name, scope) => ({ accessLogsBucket: imported.bucket(name, scope) })) },
  { of: 'StaticMediaCdnProps.appDomain', literal: 'app.example.org', ...cdn((appDomain) => ({ appDomain })) },
  {
    of: 'StaticMediaCdnProps.appSecret',
    literal: 'demo/origin',
    ...cdn((name, scope) => ({ appDomain: 'app.example.org', appSecret: Secret.fromSecretNameV2(scope, idIn(scope), name) })),
  },
  {
    of: 'StaticMediaCdnProps.appSecretField',
    literal: 'header',
    ...cdn((appSecretField, scope) => ({ appDomain: 'app.example.org', appSecret: Secret.fromSecretNameV2(scope, idIn(scope), 'demo/origin'), appSecretField })),
  },
  {
    of: 'StaticMediaCdnProps.certificate',
    literal: CERTIFICATE_ARN,
    ...cdn((arn, scope) => ({ domainName: 'cdn.example.org', certificate: Certificate.fromCertificateArn(scope, idIn(scope), arn) })),
  },
  { of: 'StaticMediaCdnProps.corsOrigins', literal: 'https://www.example.org', ...cdn((origin) => ({ corsOrigins: [origin] })) },
  { of: 'StaticMediaCdnProps.defaultTtl', literal: 600, ...cdn((seconds) => ({ defaultTtl: Duration.seconds(seconds) })) },
  {
    of: 'StaticMediaCdnProps.domainName',
    literal: 'cdn.example.org',
    ...cdn((domainName, scope) => ({ domainName, hostedZone: zone(scope, 'Z1') })),
  },
  { of: 'StaticMediaCdnProps.encryptionKey', literal: KEY_ARN, ...cdn((arn, scope) => ({ encryptionKey: imported.key(arn, scope) })) },
  {
    of: 'StaticMediaCdnProps.hostedZone',
    literal: 'Z1',
    ...cdn((id, scope) => ({ domainName: 'cdn.example.org', hostedZone: zone(scope, id) })),
  },
  { of: 'StaticMediaCdnProps.maxTtl', literal: 86_000, ...cdn((seconds) => ({ maxTtl: Duration.seconds(seconds) })) },
  { of: 'StaticMediaCdnProps.mediaBucket', literal: 'media', ...cdn((name, scope) => ({ mediaBucket: imported.bucket(name, scope) })) },
  { of: 'StaticMediaCdnProps.mediaExpiration', literal: 30, ...cdn((days) => ({ mediaExpiration: Duration.days(days) })) },
  {
    of: 'StaticMediaCdnProps.mediaKeyGroups',
    literal: 'signers',
    ...cdn((id, scope) => ({ mediaKeyGroups: [KeyGroup.fromKeyGroupId(scope, idIn(scope), id)] })),
  },
  { of: 'StaticMediaCdnProps.noncurrentVersionExpiration', literal: 30, ...cdn((days) => ({ noncurrentVersionExpiration: Duration.days(days) })) },
  {
    of: 'RotatedKeysOptions.rotateAfter',
    literal: 30,
    ...cdn((days) => ({ privateMedia: PrivateMedia.rotatedKeys({ rotateAfter: Duration.days(days) }) })),
  },
  { of: 'StaticMediaCdnProps.staticBucket', literal: 'static', ...cdn((name, scope) => ({ staticBucket: imported.bucket(name, scope) })) },
  {
    of: 'StaticMediaCdnProps.webAclArn',
    literal: 'arn:aws:wafv2:us-east-1:123456789012:global/webacl/site/0d4ef1a3',
    ...cdn((webAclArn) => ({ webAclArn })),
  },
];

const refused = (prop: string, why: string, error: string, most: StaticMediaCdnProps = {}): RefusedToken => ({
  of: `StaticMediaCdnProps.${prop}`,
  why,
  build: (scope, number) => new StaticMediaCdn(scope, 'Subject', { ...most, [prop]: Tokenization.stringifyNumber(number) }),
  error: `Stack/Subject: '${prop}' must be known at synthesis, got a token: ${error}`,
});

export const REFUSED_TOKENS: RefusedToken[] = [
  refused('mediaLocation', 'it is a path pattern', 'it decides what is fetched from where'),
  refused('staticLocation', 'it is a path pattern', 'it decides what is fetched from where', { appDomain: 'app.example.org', defaultContent: DefaultContent.app() }),
  refused('siteName', 'names of buckets are in lower case', 'names are made of it'),
  refused('environmentName', 'names of buckets are in lower case', 'names are made of it'),
  ...['defaultTtl', 'maxTtl'].map((prop) => ({
    of: `StaticMediaCdnProps.${prop}`,
    why: 'it would have to be converted',
    build: (scope: Construct, number: number) => new StaticMediaCdn(scope, 'Subject', { [prop]: Duration.minutes(number) }),
    error: `Stack/Subject: '${prop}' must be made by Duration.seconds() where its value is a token, which cannot be converted`,
  })),
  ...['mediaExpiration', 'noncurrentVersionExpiration'].map((prop) => ({
    of: `StaticMediaCdnProps.${prop}`,
    why: 'it would have to be converted',
    build: (scope: Construct, number: number) => new StaticMediaCdn(scope, 'Subject', { [prop]: Duration.hours(number) }),
    error: `Stack/Subject: '${prop}' must be made by Duration.days() where its value is a token, which cannot be converted`,
  })),
  {
    of: 'RotatedKeysOptions.rotateAfter',
    why: 'it would have to be converted',
    build: (scope, number) => new StaticMediaCdn(scope, 'Subject', { privateMedia: PrivateMedia.rotatedKeys({ rotateAfter: Duration.hours(number) }) }),
    error: 'Stack/Subject: \'rotateAfter\' must be made by Duration.days() where its value is a token, which cannot be converted',
  },
  ...['domain', 'signingKey', 'signingKeyId', 'secretArn'].map((name): RefusedToken => ({
    of: `CdnBindingNames.${name}`,
    why: 'it is the name of a setting, of which each is set once',
    build: (scope, _, list) => {
      const fn = new Function(scope, 'Function', { runtime: Runtime.NODEJS_24_X, handler: 'index.handler', code: Code.fromInline(' ') });
      const subject = new StaticMediaCdn(scope, 'Subject', { privateMedia: PrivateMedia.rotatedKeys() });
      BindingTarget.lambdaFunction(fn).use(subject.mediaBinding({ [name]: Fn.select(0, list) }));
    },
    error: 'Stack/Function: the name of a setting must be known at synthesis, got a token from Stack/Subject.mediaBinding()',
  })),
  ...['fromBucket', 'fromAppWithFallback'].flatMap((factory) => [
    (_: Construct, number: number) => [Tokenization.stringifyNumber(number)],
    (__: Construct, ___: number, list: string[]) => list,
  ].map((keys, index): RefusedToken => ({
    of: 'BucketFilesOptions.alsoServed',
    why: 'it decides what is public',
    build: (scope, number, list) => StaticFiles[factory as 'fromBucket']({ alsoServed: keys(scope, number, list) }),
    error: `StaticFiles.${factory}: 'alsoServed' must be ${index === 0 ? '' : 'a list '}known at synthesis, got a token: each key is checked`,
  }))),
  ...[['folder', 'its files are packed then'], ['hashedFiles', 'it is checked then']].map(([prop, why]) => ({
    of: `PublishStaticProps.${prop}`,
    why: 'it decides what is packed',
    build: (scope: Construct, number: number) => new StaticMediaCdn(scope, 'Subject').publishStatic('Release', {
      folder: __dirname, [prop]: Tokenization.stringifyNumber(number),
    }),
    error: `Stack/Subject.publishStatic('Release'): '${prop}' must be known at synthesis, got a token: ${why}`,
  })),
  {
    of: 'StaticMediaCdnProps.replacementPin',
    why: 'the media bucket is compared with it',
    build: (scope, _, list) => {
      new StaticMediaCdn(scope, 'Subject', { replacementPin: Fn.select(0, list) });
      Template.fromStack(Stack.of(scope));
    },
    error: "[Stack/Subject] 'replacementPin' must be known at synthesis, got a token: the media bucket is compared with it then",
  },
  {
    of: 'StaticMediaCdn.explain(path)',
    why: 'it is explained at synthesis',
    build: (scope, number) => new StaticMediaCdn(scope, 'Subject').explain(Tokenization.stringifyNumber(number)),
    error: 'Stack/Subject: \'path\' must be known at synthesis, got a token: it is explained then',
  },
];
