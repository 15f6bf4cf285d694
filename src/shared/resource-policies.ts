import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { IKey } from 'aws-cdk-lib/aws-kms';
import { IBucket } from 'aws-cdk-lib/aws-s3';
import { ITopic } from 'aws-cdk-lib/aws-sns';
import { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { addWarning } from './acknowledge';

type PolicyHolder = IBucket | IKey | IQueue | ITopic;

interface UnchangedPolicyWarning {
  /** The construct that warns. */
  readonly owner: Construct;
  /** The id of the warning, without `cdk-mainstay:`. */
  readonly id: string;
  /** What happens without the statements, such as `no alarm is heard`. */
  readonly otherwise: string;
}

/**
 * Adds statements to the policy of a bucket, a key, a queue or a topic. CDK cannot change the policy of an imported one: then a warning prints what
 * to add. A lazy value is printed as it is now.
 *
 * @returns whether the statements were added
 */
export function addOrWarn(holder: PolicyHolder, statements: iam.PolicyStatement | iam.PolicyStatement[], warning: UnchangedPolicyWarning): boolean {
  const all = [statements].flat();
  const added = all.map((statement) => holder.addToResourcePolicy(statement).statementAdded);
  if (added.every(Boolean)) return true;
  const { owner, id, otherwise } = warning;
  addWarning(owner, `cdk-mainstay:${id}`, policyUnchanged(holder, owner, all, otherwise));
  return false;
}

/**
 * What to add to a policy that is not changed here, in words. The policy of a key that AWS manages, nobody can change.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#aws-managed-cmk
 */
export function policyUnchanged(holder: PolicyHolder, owner: Construct, statements: iam.PolicyStatement[], otherwise: string): string {
  const arn = 'keyArn' in holder ? holder.keyArn : '';
  const [managed] = /alias\/aws\/.+$/.exec(arn) ?? [];
  if (managed !== undefined) {
    return `the policy of the key ${holder.node.path}, ${managed}, which AWS manages, cannot be changed by anybody: use a key that you manage, or ${otherwise}`;
  }
  const printed = statements.map((statement) => printedStatement(statement, owner));
  const values = printed.some((text) => text.includes('<')) ? ' with the values of what is in <>,' : '';
  return `the policy of the imported ${kindOf(holder)} ${holder.node.path} is not changed here: add ${printed.join(' and ')},${values} or ${otherwise}`;
}

/** A statement as a policy has it. What is known only when it is deployed has its name in `<>`, as no policy accepts functions of CloudFormation. */
function printedStatement(statement: iam.PolicyStatement, owner: Construct): string {
  return JSON.stringify(Stack.of(owner).resolve(statement.toStatementJson()), (_, value) => named(value));
}

function named(value: any): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if ('Ref' in value) return `<${value.Ref}>`;
  if ('Fn::GetAtt' in value) return `<${[value['Fn::GetAtt']].flat().join('.')}>`;
  if (!('Fn::Join' in value) || !Array.isArray(value['Fn::Join'][1])) return value;
  const [separator, parts] = value['Fn::Join'];
  return parts.map(named).map((part: unknown) => (typeof part === 'string' ? part : JSON.stringify(part))).join(separator);
}

/**
 * Allows CloudWatch Logs to encrypt log groups with a key, or warns.
 *
 * @param logGroups the ARNs of the log groups, as a pattern: see `logGroupsOfStack()`
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html#cmk-permissions
 */
export function allowLogGroupsToUseKey(key: IKey, logGroups: string, warning: UnchangedPolicyWarning): void {
  addOrWarn(key, new iam.PolicyStatement({
    principals: [cloudWatchLogs(warning.owner)],
    actions: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
    resources: ['*'],
    conditions: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': logGroups } },
  }), warning);
}

/**
 * CloudWatch Logs, whose principal is regional, and ends as the names of the partition do: `logs.cn-north-1.amazonaws.com.cn` in China. It is the one
 * service here of which CDK's region-info says both.
 *
 * @see https://docs.amazonaws.cn/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
 */
function cloudWatchLogs(scope: Construct): iam.ServicePrincipal {
  const { region, urlSuffix } = Stack.of(scope);
  return new iam.ServicePrincipal(`logs.${region}.${urlSuffix}`);
}

function kindOf(holder: PolicyHolder): string {
  if ('keyArn' in holder) return 'key';
  if ('bucketArn' in holder) return 'bucket';
  return 'topicArn' in holder ? 'topic' : 'queue';
}
