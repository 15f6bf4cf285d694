import { BUNDLED_FUNCTION_SEALED } from '../../shared/bundled-function';
import { DEPLOYMENT_FUNCTION_OWN_PROPS } from '../../shared/deployment-function';
import { OwnProps, SealedProperties } from '../../shared/guards';
import { PRIVATE_BUCKET_OWN_PROPS, PRIVATE_BUCKET_SEALED } from '../../shared/private-bucket';

/** What the guarantees of a CDN rest on. */
export const SEALED: SealedProperties = {
  ...BUNDLED_FUNCTION_SEALED,
  ...PRIVATE_BUCKET_SEALED,
  // What is in the cache key decides who gets the answers for whom.
  'AWS::CloudFront::CachePolicy': { refuse: ['cachePolicyConfig/parametersInCacheKeyAndForwardedToOrigin'], warn: ['cachePolicyConfig'] },
  'AWS::CloudFront::Distribution': {
    refuse: ['cacheBehaviors', 'defaultCacheBehavior', 'origins', 'restrictions', 'viewerCertificate', 'webAclId'].map((property) => `distributionConfig/${property}`),
    warn: ['distributionConfig'],
  },
  'AWS::CloudFront::Function': { warn: ['functionCode', 'functionConfig'] },
  'AWS::CloudFront::OriginAccessControl': { refuse: ['originAccessControlConfig'] },
  'AWS::CloudFront::ResponseHeadersPolicy': { refuse: ['responseHeadersPolicyConfig'] },
  'AWS::SecretsManager::RotationSchedule': { warn: ['rotationLambdaArn', 'rotationRules'] },
  'AWS::SecretsManager::Secret': { refuse: ['kmsKeyId', 'generateSecretString', 'secretString'] },
};

/** What injectors may not add, where a CDN says nothing. */
export const OWN_PROPS: OwnProps = {
  ...DEPLOYMENT_FUNCTION_OWN_PROPS,
  ...PRIVATE_BUCKET_OWN_PROPS,
  'aws-cdk-lib.aws-certificatemanager.Certificate': ['subjectAlternativeNames', 'validation', 'certificateName', 'keyAlgorithm'],
  'aws-cdk-lib.aws-cloudfront.CachePolicy': [],
  'aws-cdk-lib.aws-cloudfront.Distribution': ['enableLogging', 'enabled', 'logBucket', 'logFilePrefix', 'logIncludesCookies', 'publishAdditionalMetrics'],
  'aws-cdk-lib.aws-cloudfront.Function': ['keyValueStore'],
  'aws-cdk-lib.aws-cloudfront.ResponseHeadersPolicy': ['corsBehavior', 'customHeadersBehavior', 'removeHeaders', 'serverTimingSamplingRate'],
  'aws-cdk-lib.aws-cloudfront.S3OriginAccessControl': [],
  'aws-cdk-lib.aws-iam.AccessKey': ['serial', 'status'],
  'aws-cdk-lib.aws-iam.User': ['groups', 'managedPolicies', 'password', 'passwordResetRequired', 'userName'],
  'aws-cdk-lib.aws-route53.AaaaRecord': ['deleteExisting', 'geoLocation', 'multiValueAnswer', 'region', 'setIdentifier', 'weight'],
  'aws-cdk-lib.aws-route53.ARecord': ['deleteExisting', 'geoLocation', 'multiValueAnswer', 'region', 'setIdentifier', 'weight'],
  'aws-cdk-lib.aws-secretsmanager.Secret': [
    'generateSecretString', 'replicaRegions', 'secretName', 'secretObjectValue', 'secretStringBeta1', 'secretStringValue',
  ],
};
