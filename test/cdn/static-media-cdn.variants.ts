import { join } from 'path';
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { GeoRestriction, KeyGroup, PriceClass } from 'aws-cdk-lib/aws-cloudfront';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { DefaultContent, PrivateMedia, StageProfile, StaticFiles, StaticMediaCdn, StaticMediaCdnProps } from '../../src';
import { Variant } from '../checks/variant';

const cdn = (scope: Construct, ...props: StaticMediaCdnProps[]) => new StaticMediaCdn(scope, 'Subject', Object.assign({}, ...props));
/** A zone of somebody else's; in a stack that is deployed, by test/lifecycle, the one that is there. */
const zone = (scope: Construct) => HostedZone.fromHostedZoneAttributes(scope, 'Zone', {
  hostedZoneId: scope.node.tryGetContext('hostedZoneId') ?? 'Z0123456789', zoneName: 'example.education',
});

/** A domain is that of one CDN of an app: the second variant of two has another. */
const domainIn = (scope: Construct, domainName: string) => {
  const isTaken = scope.node.root.node.findAll().some((each) => each instanceof StaticMediaCdn && each.domainName === domainName);
  return isTaken ? `second.${domainName}` : domainName;
};

const arnIn = (scope: Construct, service: string, resource: string) => Stack.of(scope).formatArn({ service, region: 'us-east-1', resource });

export const VARIANTS: Variant<StaticMediaCdnProps>[] = [
  { name: 'StaticMediaCdn', build: (scope, update) => void cdn(scope, update ?? {}), update: { defaultTtl: Duration.minutes(10) } },
  {
    name: 'StaticMediaCdn-ephemeral',
    build: (scope, update) => {
      StageProfile.ephemeral().applyTo(scope);
      cdn(scope, update ?? {});
    },
    update: { priceClass: PriceClass.PRICE_CLASS_200 },
  },
  {
    name: 'StaticMediaCdn-site',
    build: (scope, update) => {
      const subject = cdn(scope, {
        appDomain: 'demo.example.education', domainName: domainIn(scope, 'cdn.example.education'), hostedZone: zone(scope), siteName: 'demo', environmentName: 'preprod',
      }, update ?? {});
      subject.grantMediaReadWrite(new Role(scope, 'Uploader', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') }));
    },
    update: { appDomain: 'next.example.education' },
  },
  {
    name: 'StaticMediaCdn-pages',
    build: (scope, update) => {
      const subject = cdn(scope, {
        appDomain: 'alb.example.org',
        appSecret: Secret.fromSecretNameV2(scope, 'OriginSecret', 'demo/origin'),
        staticFiles: StaticFiles.fromAppWithFallback(),
        defaultContent: DefaultContent.app(),
        mediaLocation: 'uploads',
        staticLocation: 'assets',
        mediaExpiration: Duration.days(90),
        noncurrentVersionExpiration: Duration.days(180),
        corsOrigins: ['https://www.example.org'],
        encryptionKey: new Key(scope, 'Key', { enableKeyRotation: true }),
        domainName: domainIn(scope, 'www.example.org'),
        certificate: Certificate.fromCertificateArn(scope, 'Certificate', arnIn(scope, 'acm', 'certificate/0d4ef1a3')),
        defaultTtl: Duration.days(1),
        maxTtl: Duration.days(365),
        priceClass: PriceClass.PRICE_CLASS_200,
        mediaKeyGroups: [KeyGroup.fromKeyGroupId(scope, 'Signers', '0d4ef1a3-0d4e-0d4e-0d4e-0d4ef1a30d4e')],
        geoRestriction: GeoRestriction.denylist('KP'),
        errorResponses: [{ httpStatus: 404, responsePagePath: '/assets/404.html', responseHttpStatus: 404, ttl: Duration.minutes(1) }],
        webAclArn: arnIn(scope, 'wafv2', 'global/webacl/site/0d4ef1a3'),
        logRetention: RetentionDays.THREE_MONTHS,
        legacyAccessKey: true,
        removalPolicy: RemovalPolicy.RETAIN,
      }, update ?? {});
      const role = (id: string) => new Role(scope, id, { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });
      subject.grantMediaReadWrite(role('Uploader'));
      subject.grantStaticPublish(role('Operator'));
    },
    update: { errorResponses: [] },
  },
  {
    name: 'StaticMediaCdn-published',
    build: (scope, update) => {
      const subject = cdn(scope, { encryptionKey: new Key(scope, 'Key', { enableKeyRotation: true }) }, update ?? {});
      const folder = join(__dirname, '..', '..', 'examples', 'site-media-cdn', 'static');
      subject.publishStatic('Release', { folder });
      subject.publishStatic('Assets', { folder: join(__dirname, 'static-files'), hashedFiles: '^assets/' });
    },
    update: { defaultTtl: Duration.minutes(30) },
  },
  {
    name: 'StaticMediaCdn-single-page-app',
    build: (scope, update) => {
      const subject = cdn(scope, { defaultContent: DefaultContent.singlePageApp() }, update ?? {});
      subject.publishStatic('Release', { folder: join(__dirname, 'static-files'), hashedFiles: '^assets/' });
    },
    update: { defaultTtl: Duration.minutes(45) },
  },
  {
    name: 'StaticMediaCdn-dns-elsewhere',
    build: (scope, update) => void cdn(scope, { domainName: domainIn(scope, 'cdn.example.org') }, update ?? {}),
    update: { defaultTtl: Duration.minutes(15) },
  },
  {
    name: 'StaticMediaCdn-private',
    build: (scope, update) => {
      const subject = cdn(scope, {
        appDomain: 'app.example.org',
        appSecret: Secret.fromSecretNameV2(scope, 'OriginSecret', 'demo/origin'),
        appSecretField: 'header',
        staticFiles: StaticFiles.fromAppWithFallback(),
        privateMedia: PrivateMedia.rotatedKeys(),
      }, update ?? {});
      subject.mediaSigningKey!.grantRead(new Role(scope, 'Reader', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') }));
    },
    update: { privateMedia: PrivateMedia.rotatedKeys({ rotateAfter: Duration.days(30) }) },
  },
  {
    name: 'StaticMediaCdn-existing-buckets',
    build: (scope, update) => {
      const { removalPolicy } = StageProfile.of(scope);
      const accessLogsBucket = new Bucket(scope, 'Logs', { enforceSSL: true, removalPolicy });
      const existing = (id: string) => new Bucket(scope, id, {
        enforceSSL: true, versioned: true, serverAccessLogsBucket: accessLogsBucket, removalPolicy,
      });
      cdn(scope, { mediaBucket: existing('Dropbox'), staticBucket: existing('Restored'), accessLogsBucket }, update ?? {});
    },
    update: { maxTtl: Duration.days(7) },
  },
  {
    name: 'StaticMediaCdn-of-app',
    build: (scope, update) => {
      const subject = cdn(scope, { appDomain: 'demo.example.education', staticFiles: StaticFiles.fromAppWithFallback() }, update ?? {});
      subject._servePagesOf({ appDomain: 'app.example.org', by: scope }); // as an app does with Ingress.cloudFrontOnly()
    },
    update: { defaultTtl: Duration.minutes(20) },
  },
];
