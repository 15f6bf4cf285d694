import {
  CacheBehavior, CloudFrontClient, DefaultCacheBehavior, DescribeFunctionCommand, DistributionConfig, FunctionStage, GetCachePolicyCommand,
  GetDistributionCommand, GetFunctionCommand, GetOriginAccessControlCommand, GetResponseHeadersPolicyCommand, ListTagsForResourceCommand, Origin,
} from '@aws-sdk/client-cloudfront';
import { Reader, tagsOf } from './reader';

export const readDistribution: Reader = async ({ physicalId: Id }, { cloudFront }) => {
  const { Distribution } = await cloudFront.send(new GetDistributionCommand({ Id }));
  return { DistributionConfig: distributionConfig(Distribution!.DistributionConfig!), Tags: await tagsAt(Distribution!.ARN!, cloudFront) };
};

export const readOriginAccessControl: Reader = async ({ physicalId: Id }, { cloudFront }) => {
  const { OriginAccessControl } = await cloudFront.send(new GetOriginAccessControlCommand({ Id }));
  return { OriginAccessControlConfig: OriginAccessControl!.OriginAccessControlConfig };
};

/** A function at the edge, as it answers viewers. */
export const readEdgeFunction: Reader = async ({ physicalId: Name }, { cloudFront }) => {
  const { FunctionSummary } = await cloudFront.send(new DescribeFunctionCommand({ Name, Stage: FunctionStage.LIVE }));
  const [live, development] = await Promise.all([FunctionStage.LIVE, FunctionStage.DEVELOPMENT].map((stage) => codeOf(Name, stage, cloudFront)));
  const { FunctionConfig, FunctionMetadata } = FunctionSummary!;
  return {
    AutoPublish: live === development,
    FunctionCode: live,
    FunctionConfig,
    Name: FunctionSummary!.Name,
    Tags: await tagsAt(FunctionMetadata!.FunctionARN!, cloudFront),
  };
};

export const readCachePolicy: Reader = async ({ physicalId: Id }, { cloudFront }) => {
  const { CachePolicy } = await cloudFront.send(new GetCachePolicyCommand({ Id }));
  const { ParametersInCacheKeyAndForwardedToOrigin: key, ...config } = CachePolicy!.CachePolicyConfig!;
  const { CookiesConfig, HeadersConfig, QueryStringsConfig, ...encodings } = key!;
  return {
    CachePolicyConfig: {
      ...config,
      ParametersInCacheKeyAndForwardedToOrigin: {
        ...encodings,
        CookiesConfig: { ...CookiesConfig, Cookies: CookiesConfig?.Cookies?.Items },
        HeadersConfig: { ...HeadersConfig, Headers: HeadersConfig?.Headers?.Items },
        QueryStringsConfig: { ...QueryStringsConfig, QueryStrings: QueryStringsConfig?.QueryStrings?.Items },
      },
    },
  };
};

export const readResponseHeadersPolicy: Reader = async ({ physicalId: Id }, { cloudFront }) => {
  const { ResponseHeadersPolicy } = await cloudFront.send(new GetResponseHeadersPolicyCommand({ Id }));
  return { ResponseHeadersPolicyConfig: ResponseHeadersPolicy!.ResponseHeadersPolicyConfig };
};

/** CloudFront counts its lists, spells some names otherwise, and answers a code as text; CloudFormation has no counts but in groups of origins. */
function distributionConfig({
  Aliases, CacheBehaviors, CustomErrorResponses, DefaultCacheBehavior: byDefault, IsIPV6Enabled, Origins, Restrictions, ViewerCertificate, ...config
}: DistributionConfig): object {
  const geoRestriction = Restrictions?.GeoRestriction;
  return {
    ...config,
    Aliases: Aliases?.Items,
    CacheBehaviors: CacheBehaviors?.Items?.map(cacheBehavior),
    CustomErrorResponses: CustomErrorResponses?.Items?.map(({ ResponseCode, ...response }) => ({
      ...response, ResponseCode: ResponseCode === undefined ? undefined : Number(ResponseCode),
    })),
    DefaultCacheBehavior: cacheBehavior(byDefault!),
    IPV6Enabled: IsIPV6Enabled,
    Origins: Origins?.Items?.map(origin),
    Restrictions: { GeoRestriction: { Locations: geoRestriction?.Items, RestrictionType: geoRestriction?.RestrictionType } },
    ViewerCertificate: {
      AcmCertificateArn: ViewerCertificate?.ACMCertificateArn,
      MinimumProtocolVersion: ViewerCertificate?.MinimumProtocolVersion,
      SslSupportMethod: ViewerCertificate?.SSLSupportMethod,
    },
  };
}

function cacheBehavior({ AllowedMethods, FunctionAssociations, TrustedKeyGroups, ...behavior }: CacheBehavior | DefaultCacheBehavior): object {
  return {
    ...behavior,
    AllowedMethods: AllowedMethods?.Items,
    CachedMethods: AllowedMethods?.CachedMethods?.Items,
    FunctionAssociations: FunctionAssociations?.Items,
    TrustedKeyGroups: TrustedKeyGroups?.Enabled ? TrustedKeyGroups.Items : undefined,
  };
}

function origin({ CustomHeaders, CustomOriginConfig, ...rest }: Origin): object {
  return {
    ...rest,
    CustomOriginConfig: CustomOriginConfig && { ...CustomOriginConfig, OriginSSLProtocols: CustomOriginConfig.OriginSslProtocols?.Items },
    OriginCustomHeaders: CustomHeaders?.Items,
  };
}

async function codeOf(Name: string, Stage: FunctionStage, cloudFront: CloudFrontClient): Promise<string> {
  const { FunctionCode } = await cloudFront.send(new GetFunctionCommand({ Name, Stage }));
  return Buffer.from(FunctionCode!).toString();
}

async function tagsAt(Resource: string, cloudFront: CloudFrontClient) {
  const { Tags } = await cloudFront.send(new ListTagsForResourceCommand({ Resource }));
  return tagsOf((Tags!.Items ?? []).map(({ Key, Value }) => ({ Key, Value })));
}
