import { ListAccessKeysCommand } from '@aws-sdk/client-iam';
import { Reader } from './reader';

export const readAccessKey: Reader = async ({ physicalId, properties: { UserName } }, { iam }) => {
  const { AccessKeyMetadata = [] } = await iam.send(new ListAccessKeysCommand({ UserName }));
  return { UserName: AccessKeyMetadata.find(({ AccessKeyId }) => AccessKeyId === physicalId)?.UserName };
};
