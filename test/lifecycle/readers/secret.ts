import { DescribeSecretCommand } from '@aws-sdk/client-secrets-manager';
import { Reader } from './reader';

/** What is in a secret is for nobody to compare. */
export const readSecret: Reader = async ({ physicalId: SecretId }, { secrets }) => {
  const { Description, KmsKeyId } = await secrets.send(new DescribeSecretCommand({ SecretId }));
  return { Description, KmsKeyId };
};
