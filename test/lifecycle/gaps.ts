/** By type and property: why it is not read back. */
export type Gaps = Record<string, Record<string, string>>;

/** Types that the emulator's CloudFormation does not have: no variant that makes one of them is deployed. */
export const LACKING = [
  'AWS::ApplicationAutoScaling::ScalableTarget',
  'AWS::ApplicationAutoScaling::ScalingPolicy',
  'AWS::EC2::EIP',
  'AWS::EC2::EIPAssociation',
  'AWS::EC2::EgressOnlyInternetGateway',
  'AWS::EC2::FlowLog',
  'AWS::EC2::InstanceConnectEndpoint',
  'AWS::EC2::NatGateway',
  'AWS::EC2::NetworkInterface',
  'AWS::EC2::VPCBlockPublicAccessExclusion',
  'AWS::EC2::VPCCidrBlock',
  'AWS::ElastiCache::ServerlessCache',
  'AWS::SecretsManager::RotationSchedule',
];

/** What the emulator takes, and has not when it is asked. Each must still be so: a gap that upstream has closed fails the run. */
export const IGNORED: Gaps = {
  'AWS::CloudWatch::Alarm': { Metrics: 'metric math is refused; the bridge makes the alarm without it' },
  'AWS::IAM::Role': { PermissionsBoundary: 'the role has no boundary' },
  'AWS::ElastiCache::ReplicationGroup': { KmsKeyId: 'the group has no key', Port: 'the nodes listen on 6379, whatever is asked for' },
  'AWS::Lambda::Function': { ReservedConcurrentExecutions: 'the function has no reserved concurrency' },
  'AWS::S3::Bucket': { AccessControl: 'the bucket is private, whatever canned ACL is asked for' },
  'AWS::SNS::Topic': { KmsMasterKeyId: 'the topic has no key' },
};

/** Of each custom resource. */
const ANSWERED = {
  ServiceTimeout: 'how long CloudFormation waits; nothing waited so long',
  ServiceToken: 'the function that answered, which shows in its answer only',
};

/** What no API tells. */
export const UNREADABLE: Gaps = {
  'AWS::ElastiCache::User': { AuthenticationMode: 'a password is not told' },
  'AWS::SecretsManager::Secret': {
    GenerateSecretString: 'how a secret was generated is not told',
    SecretString: 'it is put together by references, which resolve to a secret',
  },
  'Custom::DnsRecordToCreate': ANSWERED,
  'Custom::EdgeCertificate': ANSWERED,
  'Custom::EdgeLogDelivery': ANSWERED,
  'Custom::IssuedCertificate': ANSWERED,
  'Custom::S3AutoDeleteObjects': {
    BucketName: 'it has no state; that the buckets with an object in them are gone after the teardown shows that it worked',
    ServiceToken: 'the function that answered, which shows in its answer only',
  },
  'Custom::StaticFiles': {
    InvalidatesAll: 'that the CDN forgets all paths, which shows in the invalidation that it was told of only',
    Journal: 'the list of what is still to be forgotten, which is gone when all is',
    ...ANSWERED,
  },
  'Custom::WasabiBucket': {
    OnDelete: 'shows in whether the store has the archive bucket after the teardown',
    SecretId: 'the key that is in it made the bucket',
    ...ANSWERED,
  },
};
