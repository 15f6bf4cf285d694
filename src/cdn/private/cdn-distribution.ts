import { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import { Construct } from 'constructs';
import { CdnBehaviors } from './cdn-behaviors';
import { appOrigin, bucketOrigin, OriginNames } from './cdn-origins';
import { StaticFiles } from '../static-files';
import { StaticMediaCdnProps } from '../static-media-cdn-props';

interface CdnDistributionProps {
  readonly given: StaticMediaCdnProps;
  readonly comment: string;
  readonly behaviors: CdnBehaviors;
  readonly originNames: OriginNames;
  readonly staticFiles: StaticFiles;
  readonly servesPages: boolean;
  readonly mediaLocation: string;
  readonly staticLocation: string;
  readonly mediaAddress: string;
  readonly staticAddress: string;
  readonly certificate?: ICertificate;
  readonly priceClass: cloudfront.PriceClass;
}

export function cdnDistribution(scope: Construct, props: CdnDistributionProps): cloudfront.Distribution {
  const { given, behaviors, originNames, staticFiles, servesPages, mediaLocation, staticLocation } = props;
  const { originAccessControlId } = behaviors.accessControl();
  const media = { origin: bucketOrigin(originNames, 'media bucket', props.mediaAddress, originAccessControlId), ...behaviors.media() };
  const app = (fallback?: cloudfront.IOrigin) => appOrigin(originNames, given.appDomain!, given.appSecret, fallback);
  const files = staticFiles._needsBucket ? bucketOrigin(originNames, 'static bucket', props.staticAddress, originAccessControlId) : undefined;
  const pages = servesPages ? app() : undefined;
  const filesOfApp = () => (pages && !files ? pages : app(files));
  const statics = { origin: staticFiles._needsApp ? filesOfApp() : files!, ...behaviors.staticFiles() };
  return new cloudfront.Distribution(scope, 'Distribution', {
    comment: props.comment,
    defaultBehavior: pages ? { origin: pages, ...behaviors.pages() } : statics,
    additionalBehaviors: {
      [`/${mediaLocation}/*`]: media,
      ...(servesPages ? { [`/${staticLocation}/*`]: statics } : {}),
    },
    // A bucket answers a request for its root with what is in it, be it only asked because the app failed.
    defaultRootObject: files && !servesPages ? 'index.html' : undefined,
    domainNames: given.domainName === undefined ? undefined : [given.domainName],
    certificate: props.certificate,
    minimumProtocolVersion: cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
    sslSupportMethod: cloudfront.SSLMethod.SNI,
    httpVersion: cloudfront.HttpVersion.HTTP2_AND_3,
    enableIpv6: true,
    priceClass: props.priceClass,
    // Left out where nothing is said, so that an organization may say it for all of its distributions.
    ...(given.webAclArn !== undefined && { webAclId: given.webAclArn }),
    ...(given.geoRestriction && { geoRestriction: given.geoRestriction }),
    ...(given.errorResponses && { errorResponses: given.errorResponses }),
  });
}
