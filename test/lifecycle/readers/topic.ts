import { GetTopicAttributesCommand } from '@aws-sdk/client-sns';
import { Reader } from './reader';

export const readTopic: Reader = async ({ physicalId }, { sns }) => {
  const { Attributes } = await sns.send(new GetTopicAttributesCommand({ TopicArn: physicalId }));
  return { KmsMasterKeyId: Attributes!.KmsMasterKeyId };
};
