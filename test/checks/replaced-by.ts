import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';

/** What replaces a resource under conditions only, by the schema of its type, and does so, by its documentation, in the cases that our constructs have. */
const UNDER_CONDITIONS: Record<string, string[]> = {
  'AWS::EC2::Subnet': ['Ipv6CidrBlock'],
  'AWS::RDS::DBCluster': ['Engine', 'MasterUsername'],
  'AWS::RDS::DBInstance': [
    'DBSnapshotIdentifier', 'Engine', 'RestoreTime', 'SourceDBInstanceAutomatedBackupsArn', 'SourceDBInstanceIdentifier', 'SourceDbiResourceId',
    'UseLatestRestorableTime',
  ],
};

/** Of resources whose provider is ours, and answers another id then. */
const CUSTOM: Record<string, string[]> = {
  'Custom::SigningKeys': ['SecretArn', 'ServiceToken'],
  'Custom::WasabiBucket': ['BucketName', 'Endpoint', 'ServiceToken'],
};

let spec: ReturnType<typeof loadAwsServiceSpecSync> | undefined;

/** The properties whose change replaces a resource: by CloudFormation's own schemas, as `cdk diff` reads them. */
export function replacedBy(type: string): string[] {
  if (type in CUSTOM) return CUSTOM[type];
  spec ??= loadAwsServiceSpecSync(); // it takes most of a second
  const properties = Object.entries(spec.lookup('resource', 'cloudFormationType', 'equals', type).only().properties);
  const conditional = UNDER_CONDITIONS[type] ?? [];
  const wrong = conditional.find((name) => properties.find(([other]) => other === name)?.[1].causesReplacement !== 'maybe');
  if (wrong) throw new Error(`the schema of ${type} knows whether ${wrong} replaces it: take it out of UNDER_CONDITIONS`);
  return properties.filter(([name, { causesReplacement }]) => causesReplacement === 'yes' || conditional.includes(name)).map(([name]) => name).sort();
}
