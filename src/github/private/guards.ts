import { OwnProps, SealedProperties } from '../../shared/guards';

export const SEALED: SealedProperties = {
  'AWS::IAM::OIDCProvider': { refuse: ['clientIdList', 'url'] },
  'AWS::IAM::Role': { refuse: ['assumeRolePolicyDocument'], warn: ['maxSessionDuration'] },
};

export const OWN_PROPS: OwnProps = {
  'aws-cdk-lib.aws-iam.OidcProviderNative': ['oidcProviderName', 'thumbprints'],
  'aws-cdk-lib.aws-iam.Policy': ['document', 'groups', 'roles', 'statements', 'users'],
  'aws-cdk-lib.aws-iam.Role': ['externalId', 'externalIds', 'inlinePolicies', 'managedPolicies'],
};
