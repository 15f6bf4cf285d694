import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { IKey } from 'aws-cdk-lib/aws-kms';
import { IBucket } from 'aws-cdk-lib/aws-s3';
import { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { addWarning } from './warning';

type PolicyHolder = IBucket | IKey | IQueue;

interface UnchangedPolicyWarning {
  /** The construct that warns. */
  readonly owner: Construct;
  /** The id of the warning, without `cdk-mainstay:`. */
  readonly id: string;
  /** What happens without the statements, such as `no alarm is heard`. */
  readonly otherwise: string;
}

/**
 * Adds statements to the policy of a bucket, a key or a queue. CDK cannot change the policy of an imported one: then a warning prints what
 * to add. A lazy value is printed as it is now.
 *
 * @returns whether the statements were added
 */
export function addOrWarn(holder: PolicyHolder, statements: iam.PolicyStatement | iam.PolicyStatement[], warning: UnchangedPolicyWarning): boolean {
  const all = [statements].flat();
  const added = all.map((statement) => holder.addToResourcePolicy(statement).statementAdded);
  if (added.every(Boolean)) return true;
  const { owner, id, otherwise } = warning;
  const asJson = (statement: iam.PolicyStatement) => JSON.stringify(Stack.of(owner).resolve(statement.toStatementJson()));
  addWarning(
    owner, `cdk-mainstay:${id}`,
    `the policy of the imported ${kindOf(holder)} ${holder.node.path} is not changed here: add ${all.map(asJson).join(' and ')}, or ${otherwise}`,
  );
  return false;
}

/**
 * Allows CloudWatch Logs to encrypt log groups with a key, or warns.
 *
 * Its principal is regional, and ends as the names of the partition do: `logs.cn-north-1.amazonaws.com.cn` in China. It is the one service of
 * which CDK's region-info says both.
 *
 * @param logGroups the ARNs of the log groups, as a pattern: see `logGroupsOfStack()`
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html#cmk-permissions
 * @see https://docs.amazonaws.cn/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
 */
export function allowLogGroupsToUseKey(key: IKey, logGroups: string, warning: UnchangedPolicyWarning): void {
  const { region, urlSuffix } = Stack.of(warning.owner);
  addOrWarn(key, new iam.PolicyStatement({
    principals: [new iam.ServicePrincipal(`logs.${region}.${urlSuffix}`)],
    actions: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
    resources: ['*'],
    conditions: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': logGroups } },
  }), warning);
}

function kindOf(holder: PolicyHolder): string {
  if ('keyArn' in holder) return 'key';
  return 'bucketArn' in holder ? 'bucket' : 'queue';
}
