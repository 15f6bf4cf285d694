import { DescribeKeyCommand, GetKeyPolicyCommand, GetKeyRotationStatusCommand } from '@aws-sdk/client-kms';
import { parsed, Reader } from './reader';

export const readKey: Reader = async ({ physicalId: KeyId }, { kms }) => {
  const { Policy } = await kms.send(new GetKeyPolicyCommand({ KeyId, PolicyName: 'default' }));
  const { KeyRotationEnabled } = await kms.send(new GetKeyRotationStatusCommand({ KeyId }));
  const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId }));
  return { Description: KeyMetadata!.Description, EnableKeyRotation: KeyRotationEnabled, KeyPolicy: parsed(Policy) };
};
