import { join } from 'path';
import { ArnFormat, Aws, CustomResource, Duration, Fn, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Provider } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';

const removalPolicy = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;
const OLD_VERSIONS = { abortIncompleteMultipartUploadAfter: Duration.days(7), noncurrentVersionExpiration: Duration.days(7) };
const ASSETS = join(__dirname, '..', '..', 'assets');
const CORS_HEADERS = ['Access-Control-Request-Headers', 'Access-Control-Request-Method', 'Origin'];
const FIELDS = [
  'date', 'time', 'x-edge-location', 'sc-bytes', 'c-ip', 'cs-method', 'cs(Host)', 'cs-uri-stem', 'sc-status', 'cs(Referer)', 'cs(User-Agent)',
  'cs-uri-query', 'x-edge-result-type', 'x-edge-request-id', 'x-host-header', 'cs-protocol', 'cs-bytes', 'time-taken', 'x-forwarded-for',
  'ssl-protocol', 'ssl-cipher', 'x-edge-response-result-type', 'cs-protocol-version', 'fle-status', 'fle-encrypted-fields', 'c-port',
  'time-to-first-byte', 'x-edge-detailed-result-type', 'sc-content-type', 'sc-content-len', 'sc-range-start', 'sc-range-end',
];

/** What `StaticMediaCdn` creates, written with L2s by somebody who knows how. */
export function staticMediaCdnByHand(scope: Construct, id: string): void {
  const part = new Construct(scope, id);
  const nameOf = (what: string) => `${id.toLowerCase()}-${what}-${Fn.select(2, Fn.split('/', Aws.STACK_ID))}`;
  const distribution = createDistribution(part, id, nameOf);

  const accessLogs = closedBucket(part, 'AccessLogs', {
    lifecycleRules: [{ ...OLD_VERSIONS, expiration: Duration.days(365) }],
  });
  const content = (name: string, props: s3.BucketProps) => {
    const bucket = closedBucket(part, name, { lifecycleRules: [{ ...OLD_VERSIONS, expiredObjectDeleteMarker: true }], ...props });
    logAccess(bucket, accessLogs, `${name}/`);
    return bucket;
  };
  const media = content('Media', {
    bucketName: nameOf('media'), cors: [{ allowedMethods: [s3.HttpMethods.GET], allowedOrigins: ['*'], allowedHeaders: ['*'], maxAge: 3600 }],
  });
  const statics = content('Static', { bucketName: nameOf('static') });
  allowToRead(distribution, media, ['media/*']);
  allowToRead(distribution, statics, ['static/*', 'index.html']);
  deliverLogs(new Construct(part, 'Logs'), nameOf('logs'), distribution, accessLogs);
}

type NameOf = (what: string) => string;

function createDistribution(scope: Construct, id: string, nameOf: NameOf): cloudfront.Distribution {
  const safeDownloads = new cloudfront.Function(scope, 'SafeDownloads', {
    functionName: nameOf('safe-downloads'),
    comment: 'Lets browsers show uploaded pictures, sound and video, and download everything else',
    code: cloudfront.FunctionCode.fromFile({ filePath: join(ASSETS, 'cdn-safe-downloads.js') }),
    runtime: cloudfront.FunctionRuntime.JS_2_0,
    autoPublish: true,
  });
  const { originAccessControlId } = new cloudfront.S3OriginAccessControl(scope, 'OriginAccess', {
    originAccessControlName: nameOf('origin-access'), description: 'Signs what the CDN asks its buckets for', signing: cloudfront.Signing.SIGV4_ALWAYS,
  });
  // By name, so that the policies of the buckets can name the distribution without a circle.
  const origin = (what: string): cloudfront.IOrigin => ({
    bind: (_, { originId }) => ({
      originProperty: {
        id: originId,
        domainName: `${nameOf(what)}.s3.${Aws.REGION}.${Aws.URL_SUFFIX}`,
        originAccessControlId,
        s3OriginConfig: { originAccessIdentity: '' },
      },
    }),
  });
  return new cloudfront.Distribution(scope, 'Distribution', {
    comment: id,
    defaultBehavior: {
      origin: origin('static'),
      ...cached(scope, 'Static', nameOf('static-cache'), cloudfront.CacheQueryStringBehavior.allowList('v', 'ver', 'version', 'rev', 'hash', 'h', 'id', 't')),
      responseHeadersPolicy: siteHeaders(scope, nameOf),
    },
    additionalBehaviors: {
      '/media/*': {
        origin: origin('media'),
        ...cached(scope, 'Media', nameOf('media-cache'), cloudfront.CacheQueryStringBehavior.none()),
        responseHeadersPolicy: mediaHeaders(scope, nameOf),
        functionAssociations: [{ function: safeDownloads, eventType: cloudfront.FunctionEventType.VIEWER_RESPONSE }],
      },
    },
    defaultRootObject: 'index.html',
    httpVersion: cloudfront.HttpVersion.HTTP2_AND_3,
    enableIpv6: true,
    priceClass: cloudfront.PriceClass.PRICE_CLASS_ALL,
  });
}

function cached(
  scope: Construct, name: string, cachePolicyName: string, queryStringBehavior: cloudfront.CacheQueryStringBehavior,
): cloudfront.AddBehaviorOptions {
  return {
    allowedMethods: cloudfront.AllowedMethods.ALLOW_GET_HEAD_OPTIONS,
    cachedMethods: cloudfront.CachedMethods.CACHE_GET_HEAD,
    cachePolicy: new cloudfront.CachePolicy(scope, `${name}Cache`, {
      cachePolicyName,
      minTtl: Duration.seconds(0),
      defaultTtl: Duration.hours(1),
      maxTtl: Duration.days(1),
      queryStringBehavior,
      headerBehavior: cloudfront.CacheHeaderBehavior.allowList(...CORS_HEADERS),
      cookieBehavior: cloudfront.CacheCookieBehavior.none(),
      enableAcceptEncodingGzip: true,
      enableAcceptEncodingBrotli: true,
    }),
    viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
    compress: true,
  };
}

const STRICT_TRANSPORT_SECURITY = { accessControlMaxAge: Duration.days(365), override: true };

function siteHeaders(scope: Construct, nameOf: NameOf): cloudfront.ResponseHeadersPolicy {
  return new cloudfront.ResponseHeadersPolicy(scope, 'SiteHeaders', {
    responseHeadersPolicyName: nameOf('site-headers'),
    securityHeadersBehavior: {
      contentTypeOptions: { override: true },
      strictTransportSecurity: STRICT_TRANSPORT_SECURITY,
      frameOptions: { frameOption: cloudfront.HeadersFrameOption.SAMEORIGIN, override: false },
      referrerPolicy: { referrerPolicy: cloudfront.HeadersReferrerPolicy.STRICT_ORIGIN_WHEN_CROSS_ORIGIN, override: false },
    },
  });
}

function mediaHeaders(scope: Construct, nameOf: NameOf): cloudfront.ResponseHeadersPolicy {
  return new cloudfront.ResponseHeadersPolicy(scope, 'MediaHeaders', {
    responseHeadersPolicyName: nameOf('media-headers'),
    securityHeadersBehavior: {
      contentSecurityPolicy: { contentSecurityPolicy: 'default-src \'none\'; img-src \'self\'; media-src \'self\'; style-src \'unsafe-inline\'; sandbox', override: true },
      contentTypeOptions: { override: true },
      strictTransportSecurity: STRICT_TRANSPORT_SECURITY,
    },
  });
}

function closedBucket(scope: Construct, id: string, props: s3.BucketProps): s3.Bucket {
  const bucket = new s3.Bucket(scope, id, {
    encryption: s3.BucketEncryption.S3_MANAGED,
    versioned: true,
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    removalPolicy,
    ...props,
  });
  bucket.policy!.applyRemovalPolicy(removalPolicy);
  return bucket;
}

function logAccess(bucket: s3.Bucket, destination: s3.Bucket, logFilePrefix: string): void {
  (bucket.node.defaultChild as s3.CfnBucket).loggingConfiguration = { destinationBucketName: destination.bucketName, logFilePrefix };
  destination.addToResourcePolicy(new iam.PolicyStatement({
    principals: [new iam.ServicePrincipal('logging.s3.amazonaws.com')],
    actions: ['s3:PutObject'],
    resources: [destination.arnForObjects(`${logFilePrefix}*`)],
    conditions: { ArnLike: { 'aws:SourceArn': bucket.bucketArn }, StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
  }));
}

function allowToRead({ distributionArn }: cloudfront.Distribution, bucket: s3.Bucket, keys: string[]): void {
  const allow = (action: string, ...resources: string[]) => bucket.addToResourcePolicy(new iam.PolicyStatement({
    principals: [new iam.ServicePrincipal('cloudfront.amazonaws.com')],
    actions: [action],
    resources,
    conditions: { StringEquals: { 'aws:SourceArn': distributionArn } },
  }));
  allow('s3:GetObject', ...keys.map((key) => bucket.arnForObjects(key)));
  allow('s3:ListBucket', bucket.bucketArn);
}

/** CloudFront's logs are set up in us-east-1, by a function that this library ships. */
function deliverLogs(scope: Construct, name: string, { distributionArn }: cloudfront.Distribution, bucket: s3.Bucket): void {
  const arn = (resource: string) =>
    Stack.of(scope).formatArn({ service: 'logs', region: 'us-east-1', resource, resourceName: name, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
  bucket.addToResourcePolicy(new iam.PolicyStatement({
    principals: [new iam.ServicePrincipal('delivery.logs.amazonaws.com')],
    actions: ['s3:PutObject'],
    resources: [bucket.arnForObjects(`AWSLogs/${Aws.ACCOUNT_ID}/*`)],
    conditions: {
      ArnLike: { 'aws:SourceArn': arn('delivery-source') },
      StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID, 's3:x-amz-acl': 'bucket-owner-full-control' },
    },
  }));
  const { role, serviceToken } = edgeFunction(scope);
  const statement = (actions: string[], resources: string[], conditions?: iam.Conditions) =>
    new iam.PolicyStatement({ actions, resources, conditions });
  const ofOwner = (kind: string) => ({ StringEquals: { [`aws:${kind}Tag/cdk-mainstay:owner`]: name } });
  const permissions = new iam.Policy(scope, 'Permissions', {
    roles: [role],
    statements: [
      statement(
        ['PutDeliverySource', 'DeleteDeliverySource', 'PutDeliveryDestination', 'DeleteDeliveryDestination', 'CreateDelivery'].map((action) => `logs:${action}`),
        [arn('delivery-source'), arn('delivery-destination')],
      ),
      statement(['logs:CreateDelivery', 'logs:TagResource'], ['*'], ofOwner('Request')),
      statement(['logs:DeleteDelivery'], ['*'], ofOwner('Resource')),
      statement(['logs:DescribeDeliveries'], ['*']),
      statement(['cloudfront:AllowVendedLogDeliveryForResource'], [distributionArn]),
      statement(['s3:GetBucketPolicy'], [bucket.bucketArn]),
    ],
  });
  const delivery = new CustomResource(scope, 'Resource', {
    resourceType: 'Custom::EdgeLogDelivery',
    serviceToken,
    serviceTimeout: Duration.minutes(5),
    properties: { Name: name, DistributionArn: distributionArn, BucketArn: bucket.bucketArn, Format: 'w3c', Fields: FIELDS, OwnerTag: 'cdk-mainstay:owner' },
  });
  delivery.node.addDependency(permissions, bucket.policy!);
}

function edgeFunction(scope: Construct): { role: iam.Role; serviceToken: string } {
  const logGroup = new logs.LogGroup(scope, 'FunctionLogs', { retention: logs.RetentionDays.ONE_YEAR, removalPolicy });
  const roleOf = (name: string) => {
    const role = new iam.Role(scope, name, { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    return role;
  };
  const role = roleOf('Role');
  const onEventHandler = new lambda.Function(scope, 'Function', {
    description: 'Makes the log delivery of a CDN in us-east-1 when the stack is deployed',
    architecture: lambda.Architecture.ARM_64,
    runtime: lambda.Runtime.NODEJS_24_X,
    code: lambda.Code.fromAsset(join(ASSETS, 'cdn-certificate.zip')),
    handler: 'index.handler',
    memorySize: 256,
    timeout: Duration.minutes(14),
    role,
    logGroup,
  });
  const { serviceToken } = new Provider(scope, 'Provider', { onEventHandler, frameworkOnEventRole: roleOf('ProviderRole'), logGroup });
  return { role, serviceToken };
}
