import { GetKeyPolicyCommand, GetKeyRotationStatusCommand } from '@aws-sdk/client-kms';
import { parsed, Reader } from './reader';

export const readKey: Reader = async ({ physicalId: KeyId }, { kms }) => {
  const { Policy } = await kms.send(new GetKeyPolicyCommand({ KeyId, PolicyName: 'default' }));
  const { KeyRotationEnabled } = await kms.send(new GetKeyRotationStatusCommand({ KeyId }));
  return { EnableKeyRotation: KeyRotationEnabled, KeyPolicy: parsed(Policy) };
};
