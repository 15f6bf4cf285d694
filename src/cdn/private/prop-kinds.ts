import {
  bucket, duration, flag, kmsKey, list, made, PropKinds, removalPolicy, required, resource, retentionDays, secret, text, texts, valueOf,
} from '../../shared/kinds';
import { DefaultContent, PrivateMedia, StaticFiles } from '../cdn-content';
import type { PublishStaticProps, StaticMediaCdnProps } from '../static-media-cdn-props';

export const PROP_KINDS: PropKinds<StaticMediaCdnProps> = {
  accessLogsBucket: bucket,
  appDomain: text,
  appSecret: secret,
  appSecretField: text,
  certificate: resource('a certificate (acm.ICertificate)', 'certificateArn'),
  corsOrigins: texts,
  defaultContent: made(DefaultContent, 'DefaultContent'),
  defaultTtl: duration,
  domainName: text,
  encryptionKey: kmsKey,
  environmentName: text,
  errorResponses: list(resource('a cloudfront.ErrorResponse', 'httpStatus')),
  geoRestriction: resource('made by cloudfront.GeoRestriction', 'restrictionType'),
  hostedZone: resource('a hosted zone (route53.IHostedZone)', 'hostedZoneId'),
  legacyAccessKey: flag,
  logRetention: retentionDays,
  maxTtl: duration,
  mediaBucket: bucket,
  mediaExpiration: duration,
  mediaKeyGroups: list(resource('a key group (cloudfront.IKeyGroup)', 'keyGroupId')),
  mediaLocation: text,
  noncurrentVersionExpiration: duration,
  priceClass: valueOf('cloudfront.PriceClass', /^PriceClass_/),
  privateMedia: made(PrivateMedia, 'PrivateMedia'),
  removalPolicy,
  replacementPin: text,
  siteName: text,
  staticBucket: bucket,
  staticFiles: made(StaticFiles, 'StaticFiles'),
  staticLocation: text,
  webAclArn: text,
};

export const PUBLISH_STATIC_KINDS: PropKinds<PublishStaticProps> = { folder: required(text), hashedFiles: text };
