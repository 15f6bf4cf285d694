import { Stack, Token, TokenComparison } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { IConstruct } from 'constructs';
import { viaService } from '../../shared/service-role';

/**
 * Allows an application to read a secret. CDK writes who reads it into the policy of the key, whose stack would depend on that of the application. The
 * account may use such a key already, so where the two differ, only the identity is given the permission, and no stack depends back.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
 */
export function grantSecretRead(secret: ISecret, grantee: iam.IGrantable, application: IConstruct): iam.Grant {
  const { encryptionKey } = secret;
  const stack = Stack.of(application);
  const isOfAnotherAccount = encryptionKey && Token.compareStrings(encryptionKey.env.account, stack.account) === TokenComparison.DIFFERENT;
  if (!encryptionKey || Stack.of(encryptionKey) === stack || isOfAnotherAccount) return secret.grantRead(grantee);
  const reading = iam.Grant.addToPrincipal({
    grantee,
    actions: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
    resourceArns: [secret.secretFullArn ?? `${secret.secretArn}-??????`],
  });
  return reading.combine(iam.Grant.addToPrincipal({
    grantee,
    actions: ['kms:Decrypt'],
    resourceArns: [encryptionKey.keyArn],
    conditions: viaService('secretsmanager', secret.env.region),
  }));
}
