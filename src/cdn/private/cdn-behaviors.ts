import { join } from 'path';
import { Duration } from 'aws-cdk-lib';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import { Construct } from 'constructs';
import { isRoutedByHost } from './app-domain';
import { CdnApp } from './cdn-app';
import { CdnSettings } from './cdn-settings';
import { singlePageAppCode } from './single-page-app';
import { stackScopedName } from '../../shared/stack-scoped-name';

interface CdnBehaviorsProps extends Pick<CdnSettings, 'defaultTtl' | 'isSinglePageApp' | 'maxTtl' | 'words' | 'mediaKeyGroups' | 'staticFiles' | 'staticLocation'> {
  readonly app: CdnApp;
}

/** What a browser asks a page of another origin for, and what an answer to it depends on. */
const CORS_HEADERS = ['Access-Control-Request-Headers', 'Access-Control-Request-Method', 'Origin'];

/**
 * The parameters by which sites commonly tell releases of a file apart. An allow list, as S3 obeys those that override response headers, such as
 * `response-content-type=text/html`, in requests that are signed, and CloudFront signs them. A deny list would have to know each way to encode a name. CloudFront
 * takes 10 in a cache policy.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html#API_GetObject_RequestSyntax
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-policies
 */
const RELEASE_PARAMETERS = ['v', 'ver', 'version', 'rev', 'hash', 'h', 'id', 't'];

/** The longest names that CloudFront takes of a function or an origin access control, and of a policy. */
const [LONGEST_NAME, LONGEST_POLICY_NAME] = [64, 128];

/**
 * Shows media, runs nothing: neither the document nor what it embeds gets an origin.
 * @see https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Content-Security-Policy/sandbox
 */
const UPLOADS_POLICY = 'default-src \'none\'; img-src \'self\'; media-src \'self\'; style-src \'unsafe-inline\'; sandbox';

const NOSNIFF = { override: true };

/**
 * How each kind of content is asked for, cached and answered.
 */
export class CdnBehaviors extends Construct {
  public readonly safeDownloads: cloudfront.Function;

  constructor(scope: Construct, id: string, private readonly props: CdnBehaviorsProps) {
    super(scope, id);
    this.safeDownloads = new cloudfront.Function(this, 'SafeDownloads', {
      functionName: this.nameOf('safe-downloads', LONGEST_NAME),
      comment: 'Lets browsers show uploaded pictures, sound and video, and download everything else',
      code: cloudfront.FunctionCode.fromFile({ filePath: join(__dirname, '..', '..', '..', 'assets', 'cdn-safe-downloads.js') }),
      runtime: cloudfront.FunctionRuntime.JS_2_0,
      autoPublish: true,
    });
  }

  /** Uploaded files: hostile, public unless signed, the same for everybody. */
  public media(): cloudfront.AddBehaviorOptions {
    const responseHeadersPolicy = new cloudfront.ResponseHeadersPolicy(this, 'MediaHeaders', {
      responseHeadersPolicyName: this.nameOf('media-headers', LONGEST_POLICY_NAME),
      securityHeadersBehavior: {
        contentSecurityPolicy: { contentSecurityPolicy: UPLOADS_POLICY, override: true },
        contentTypeOptions: NOSNIFF,
        strictTransportSecurity: { accessControlMaxAge: Duration.days(365), override: true },
      },
    });
    return {
      ...this.cached('Media', cloudfront.CacheQueryStringBehavior.none()),
      responseHeadersPolicy,
      functionAssociations: [{ function: this.safeDownloads, eventType: cloudfront.FunctionEventType.VIEWER_RESPONSE }],
      trustedKeyGroups: this.props.mediaKeyGroups,
    };
  }

  /** Files of a release, the same for everybody; a query string may tell releases apart. The members of an origin group get the same request. */
  public staticFiles(): cloudfront.AddBehaviorOptions {
    const { CacheQueryStringBehavior } = cloudfront;
    const query = this.props.staticFiles._needsBucket ? CacheQueryStringBehavior.allowList(...RELEASE_PARAMETERS) : CacheQueryStringBehavior.all();
    return {
      ...this.cached('Static', query),
      responseHeadersPolicy: this.headersOfSite(),
      ...this.props.isSinglePageApp && {
        functionAssociations: [{ function: this.singlePageApp(), eventType: cloudfront.FunctionEventType.VIEWER_REQUEST }],
      },
    };
  }

  private singlePageApp(): cloudfront.Function {
    return new cloudfront.Function(this, 'SinglePageApp', {
      functionName: this.nameOf('single-page-app', LONGEST_NAME),
      comment: 'Shows the page of a single-page app for all paths that are no files',
      code: cloudfront.FunctionCode.fromInline(singlePageAppCode(this.props.staticLocation)),
      runtime: cloudfront.FunctionRuntime.JS_2_0,
      autoPublish: true,
    });
  }

  /** Pages, different for each visitor: everything goes to the app, but for a Host header that it would refuse, and nothing is kept. */
  public pages(): cloudfront.AddBehaviorOptions {
    return {
      allowedMethods: cloudfront.AllowedMethods.ALLOW_ALL,
      cachePolicy: cloudfront.CachePolicy.CACHING_DISABLED,
      originRequestPolicy: isRoutedByHost(this, this.props.app.domainName)
        ? cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER
        : cloudfront.OriginRequestPolicy.ALL_VIEWER,
      responseHeadersPolicy: this.headersOfSite(),
      viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      compress: true,
    };
  }

  public accessControl(): cloudfront.S3OriginAccessControl {
    return new cloudfront.S3OriginAccessControl(this, 'OriginAccess', {
      originAccessControlName: this.nameOf('origin-access', LONGEST_NAME),
      description: 'Signs what the CDN asks its buckets for',
      signing: cloudfront.Signing.SIGV4_ALWAYS,
    });
  }

  private cached(id: string, queryStringBehavior: cloudfront.CacheQueryStringBehavior): cloudfront.AddBehaviorOptions {
    const cachePolicy = new cloudfront.CachePolicy(this, `${id}Cache`, {
      cachePolicyName: this.nameOf(`${id}-cache`, LONGEST_POLICY_NAME),
      minTtl: Duration.seconds(0),
      defaultTtl: this.props.defaultTtl,
      maxTtl: this.props.maxTtl,
      queryStringBehavior,
      headerBehavior: cloudfront.CacheHeaderBehavior.allowList(...CORS_HEADERS),
      cookieBehavior: cloudfront.CacheCookieBehavior.none(),
      enableAcceptEncodingGzip: true,
      enableAcceptEncodingBrotli: true,
    });
    return {
      allowedMethods: cloudfront.AllowedMethods.ALLOW_GET_HEAD_OPTIONS,
      cachedMethods: cloudfront.CachedMethods.CACHE_GET_HEAD,
      cachePolicy,
      viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      compress: true,
    };
  }

  /** What the app says of frames and referrers wins: it knows its pages. */
  private headersOfSite(): cloudfront.ResponseHeadersPolicy {
    const present = this.node.tryFindChild('SiteHeaders');
    return present as cloudfront.ResponseHeadersPolicy ?? new cloudfront.ResponseHeadersPolicy(this, 'SiteHeaders', {
      responseHeadersPolicyName: this.nameOf('site-headers', LONGEST_POLICY_NAME),
      securityHeadersBehavior: {
        contentTypeOptions: NOSNIFF,
        strictTransportSecurity: { accessControlMaxAge: Duration.days(365), override: true },
        frameOptions: { frameOption: cloudfront.HeadersFrameOption.SAMEORIGIN, override: false },
        referrerPolicy: { referrerPolicy: cloudfront.HeadersReferrerPolicy.STRICT_ORIGIN_WHEN_CROSS_ORIGIN, override: false },
      },
    });
  }

  private nameOf(what: string, maxLength: number): string {
    return stackScopedName(this, { words: [...this.props.words, what], maxLength });
  }
}
