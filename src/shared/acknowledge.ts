import { Annotations, CfnResource, Stack, Validations } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';

/** The ids of a rule that several packs of cdk-nag have. */
const inNistAndHipaa = (rule: string) => [`NIST.800.53.R5-${rule}`, `HIPAA.Security-${rule}`];
const inNistHipaaAndPci = (rule: string) => [...inNistAndHipaa(rule), `PCI.DSS.321-${rule}`];

/** What rule packs ask for, with the ids under which cdk-nag's packs, Checkov (CKV), cfn-lint and CDK's validator do. */
const RULES = {
  accessLog: ['CKV_AWS_18'],
  alarmAction: inNistAndHipaa('CloudWatchAlarmAction'),
  authToken: ['AwsSolutions-AEC6'],
  backtrack: ['AwsSolutions-RDS14'],
  backupPlanOfDatabase: inNistAndHipaa('RDSInBackupPlan'),
  backupPlanOfFiles: inNistAndHipaa('EFSInBackupPlan'),
  backupPlanOfTable: inNistAndHipaa('DynamoDBInBackupPlan'),
  balancerCertificate: inNistHipaaAndPci('ELBv2ACMCertificateRequired'),
  balancerDeletionProtection: inNistAndHipaa('ELBDeletionProtectionEnabled'),
  balancerFirewall: ['NIST.800.53.R5-ALBWAFEnabled', 'PCI.DSS.321-ALBWAFEnabled'],
  balancerRedirect: inNistHipaaAndPci('ALBHttpToHttpsRedirection'),
  balancerProtocol: ['CKV_AWS_2', 'CKV_AWS_103'],
  balancerVisitors: ['AwsSolutions-EC23', 'CKV_AWS_260'],
  bucketAccessLog: ['AwsSolutions-S1', ...inNistHipaaAndPci('S3BucketLoggingEnabled')],
  cacheBackups: inNistAndHipaa('ElastiCacheRedisClusterAutomaticBackup'),
  cachePort: ['AwsSolutions-AEC5'],
  cacheZones: ['AwsSolutions-AEC4'],
  cdnAccessLog: ['AwsSolutions-CFR3', 'CKV_AWS_86'],
  cdnCertificate: ['AwsSolutions-CFR4', 'CKV_AWS_174'],
  cdnFirewall: ['AwsSolutions-CFR2', 'CKV_AWS_68'],
  cdnGeoRestriction: ['AwsSolutions-CFR1'],
  commonPorts: inNistHipaaAndPci('EC2RestrictedCommonPorts'),
  customerKeyOfBucket: inNistHipaaAndPci('S3DefaultEncryptionKMS'),
  customerKeyOfEnvironment: ['CKV_AWS_173'],
  customerKeyOfLogs: [...inNistHipaaAndPci('CloudWatchLogGroupEncrypted'), 'CKV_AWS_158'],
  customerKeyOfQueue: ['CKV_AWS_27'],
  databasePort: ['AwsSolutions-RDS11'],
  deadLetters: ['AwsSolutions-SQS3'],
  deadLetterConfig: [...inNistAndHipaa('LambdaDLQ'), 'Serverless-LambdaDLQ', 'CKV_AWS_116'],
  deletionProtection: ['AwsSolutions-RDS10', ...inNistAndHipaa('RDSInstanceDeletionProtectionEnabled')],
  failureDestination: ['Serverless-LambdaEventSourceMappingDestination'],
  internetRoute: inNistHipaaAndPci('VPCNoUnrestrictedRouteToIGW'),
  latestRuntime: ['AwsSolutions-L1', 'Serverless-LambdaLatestVersion'],
  managedPolicy: inNistHipaaAndPci('IAMNoInlinePolicy'),
  memorySize: ['Serverless-LambdaDefaultMemorySize'],
  minorVersion: ['CloudFormation-Validate::E9006', 'cfn-lint::E3691', 'cfn-lint::W3690', 'cfn-lint::W3691'],
  multiAz: ['AwsSolutions-RDS3', ...inNistAndHipaa('RDSMultiAZSupport'), 'CKV_AWS_157'],
  passwordOfReplica: ['CloudFormation-Validate::F3020', 'cfn-lint::E3020'],
  passwordOfReplicaCluster: ['CloudFormation-Validate::W3689', 'cfn-lint::W3689'],
  passwordWithoutUser: ['CloudFormation-Validate::F3021', 'cfn-lint::E3021'],
  policyOfUser: ['CKV_AWS_40'],
  plainSettings: ['AwsSolutions-ECS2'],
  publicIpv6: inNistHipaaAndPci('VPCSubnetAutoAssignPublicIpDisabled'),
  userWithPolicy: [...inNistHipaaAndPci('IAMUserNoPolicies'), ...inNistHipaaAndPci('IAMUserGroupMembership')],
  redrivePolicy: ['Serverless-SQSRedrivePolicy'],
  replication: inNistHipaaAndPci('S3BucketReplicationEnabled'),
  reservedConcurrency: [...inNistAndHipaa('LambdaConcurrency'), 'CKV_AWS_115'],
  ruleDeadLetters: ['Serverless-EventBusDLQ'],
  scalingNotifications: ['AwsSolutions-AS3'],
  secretKey: [...inNistHipaaAndPci('SecretsManagerUsingKMSKey'), 'CKV_AWS_149'],
  secretRotation: ['AwsSolutions-SMG4', ...inNistAndHipaa('SecretsManagerRotationEnabled')],
  storageEncryption: ['AwsSolutions-RDS2', ...inNistHipaaAndPci('RDSStorageEncrypted'), 'CKV_AWS_16'],
  storageEncryptionOfCluster: ['AwsSolutions-RDS2', ...inNistHipaaAndPci('RDSStorageEncrypted')],
  tracing: ['Serverless-LambdaTracing'],
  unboundWrites: ['CKV_AWS_111'],
  versioning: [...inNistHipaaAndPci('S3BucketVersioningEnabled'), 'CKV_AWS_21'],
  workflowLogs: ['AwsSolutions-SF1'],
  workflowTracing: ['AwsSolutions-SF2', 'Serverless-StepFunctionStateMachineXray'],
  vpc: [...inNistHipaaAndPci('LambdaInsideVPC'), 'CKV_AWS_117'],
};

/** Reasons that are the same for every resource. */
const STANDARD_REASONS = {
  managedPolicy: 'the policy is written for this one role, is created and deleted with it, and cannot be attached to another identity by mistake',
  secretKey: 'it is encrypted with the key that Secrets Manager manages in the account',
};

type Rule = keyof typeof RULES;
type Reasons = { [rule in Rule]?: string };

/**
 * Tells rule packs why a resource does not have what they ask for. A rule without a reason is not acknowledged.
 *
 * @param reasons the reasons by rule, or a rule that has a standard reason
 */
export function acknowledge(scope: IConstruct, reasons: Reasons | keyof typeof STANDARD_REASONS): void {
  const given = typeof reasons === 'string' ? { [reasons]: STANDARD_REASONS[reasons] } : reasons;
  const acknowledged = Object.entries(given).flatMap(([rule, reason]) => (reason ? RULES[rule as Rule].map((id) => ({ id, reason })) : []));
  const resource = (scope.node.defaultChild ?? scope) as CfnResource;
  acknowledgeToCheckov(resource, acknowledged.filter(({ id }) => isOfCheckov(id)));
  if (isGeneric(resource)) return;
  acknowledgeToCdkNag(scope, acknowledged.filter(({ id }) => !isOfCheckov(id)));
  acknowledgeToCfnLint(resource, acknowledged.flatMap(({ id }) => /^cfn-lint::(.*)/.exec(id)?.slice(1) ?? []));
}

/**
 * Tells rule packs why a policy in a scope names many resources. cdk-nag accepts it only for exactly these ARNs, so any other wildcard in
 * the same policy is still found.
 */
export function acknowledgeWildcard(scope: IConstruct, arns: string | string[], reason: string): void {
  const resources = [arns].flat().map((arn) => asRulePacksWriteIt(Stack.of(scope).resolve(arn)));
  acknowledgeToCdkNag(scope, resources.map((resource) => ({ id: `AwsSolutions-IAM5[Resource::${resource}]`, reason })));
}

interface Acknowledged {
  readonly id: string;
  readonly reason: string;
}

function isOfCheckov(id: string): boolean {
  return id.startsWith('CKV');
}

/** A resource that CDK made without a class for its type: cdk-nag cannot recognize it, so there is nothing to acknowledge to it. */
function isGeneric(resource: CfnResource): boolean {
  return resource.constructor === CfnResource;
}

/**
 * Writes what `Validations.of(scope).acknowledge()` writes, but once: that method writes all rules of a scope again for each of them, and searches all that
 * is below the scope for a warning of that name. It cannot write an id with a second '::' either, such as that of an ARN with pseudo parameters, in 2.257.
 */
function acknowledgeToCdkNag(scope: IConstruct, acknowledged: Acknowledged[]): void {
  if (acknowledged.length === 0) return;
  const reasons = acknowledged.map(({ id, reason }) => [/^[\w-]+::/.test(id) ? id : `Annotation::${id}`, reason]);
  scope.node.addMetadata(Validations.ACKNOWLEDGED_RULES_METADATA_KEY, Object.fromEntries(reasons));
}

/** @see https://www.checkov.io/2.Basics/Suppressing%20and%20Skipping%20Policies.html */
function acknowledgeToCheckov(resource: CfnResource, acknowledged: Acknowledged[]): void {
  if (acknowledged.length === 0) return;
  const skip = acknowledged.map(({ id, reason }) => ({ id, comment: reason }));
  resource.addMetadata('checkov', { skip: [...resource.getMetadata('checkov')?.skip ?? [], ...skip] });
}

/** @see https://github.com/aws-cloudformation/cfn-lint#resource-based-metadata */
function acknowledgeToCfnLint(resource: CfnResource, checks: string[]): void {
  if (checks.length === 0) return;
  const before = resource.getMetadata('cfn-lint')?.config.ignore_checks ?? [];
  resource.addMetadata('cfn-lint', { config: { ignore_checks: [...before, ...checks] } });
}

type Resolved = string | { 'Fn::GetAtt': [string, string] } | { 'Fn::Join': [string, Resolved[]] } | { 'Fn::Select': unknown } | { Ref: string };

function asRulePacksWriteIt(value: Resolved): string {
  if (typeof value === 'string') return value;
  if ('Fn::GetAtt' in value) return `<${value['Fn::GetAtt'].join('.')}>`;
  if ('Fn::Join' in value) return value['Fn::Join'][1].map(asRulePacksWriteIt).join(value['Fn::Join'][0]);
  return 'Ref' in value ? `<${value.Ref}>` : JSON.stringify(value);
}

/** How an acknowledgement may spell the id: as it is, as the CLI prints it, and as `Validations` of aws-cdk-lib 2.257 records it. */
const PREFIXES = ['', 'Annotation::', 'annotation::'];

/**
 * Adds a warning, unless users acknowledge it: on the construct or on any scope around it up to the app, before or after, by any spelling of the id.
 *
 * CDK by itself overlooks some acknowledgements. Before 2.276, it does not look at the construct itself, nor for the id as the CLI prints it; it never
 * looks at the app. See https://github.com/aws/aws-cdk/issues/38820.
 */
export function addWarning(scope: IConstruct, id: `cdk-mainstay:${string}`, text: string): void {
  if (isAcknowledged(scope, id)) return;
  Annotations.of(scope).addWarningV2(id, text);
  scope.node.addValidation({
    validate: () => {
      if (isAcknowledged(scope, id)) Annotations.of(scope).acknowledgeWarning(id); // removes what was acknowledged later
      return [];
    },
  });
}

/**
 * Errors of a validation that users may acknowledge where they mean it, as they acknowledge a warning: what exposes data, or what AWS refuses unless somebody asked
 * it for more.
 *
 * @returns none of them once they are acknowledged
 */
export function unlessAcknowledged(scope: IConstruct, id: `cdk-mainstay:${string}`, errors: string[]): string[] {
  return isAcknowledged(scope, id) ? [] : errors.map((error) => `${error}; or acknowledge this where it is meant [ack: ${id}]`);
}

/** CDK's record of acknowledgements. It looks for them above a path. */
interface Acknowledgements {
  has(path: string, id: string): boolean;
}

/** The record hangs on the app, and has no public way in. Without it, CDK's own rules are all that is left. */
function isAcknowledged(scope: IConstruct, id: string): boolean {
  const app = scope.node.root as unknown as Record<symbol, Acknowledgements | undefined>;
  const record = app[Symbol.for('@aws-cdk/core.Acknowledgements')];
  const paths = [`${scope.node.path}/.`, '//.']; // above the first are the construct and its scopes, above the second is the app
  return paths.some((path) => PREFIXES.some((prefix) => record?.has(path, `${prefix}${id}`)));
}
