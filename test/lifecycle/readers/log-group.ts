import { DescribeLogGroupsCommand, ListTagsForResourceCommand } from '@aws-sdk/client-cloudwatch-logs';
import { Reader, tagsOf } from './reader';

export const readLogGroup: Reader = async ({ physicalId }, { logs }) => {
  const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: physicalId }));
  const group = logGroups.find(({ logGroupName }) => logGroupName === physicalId);
  if (!group) throw new Error(`there is no log group ${physicalId}`);
  const { tags } = await logs.send(new ListTagsForResourceCommand({ resourceArn: group.logGroupArn ?? group.arn!.replace(/:\*$/, '') }));
  return { KmsKeyId: group.kmsKeyId, RetentionInDays: group.retentionInDays, Tags: tagsOf(tags) };
};
