import { Resource, SecretValue, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { IKey } from 'aws-cdk-lib/aws-kms';
import { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { IConstruct } from 'constructs';
import { keyItself, keyPermission } from './key-grants';
import { viaService } from './service-role';
import { explainCircles, isKnownToDiffer } from './stacks';

/**
 * What finds a secret at run time: its complete ARN, which other accounts need, or its name. The partial ARN that CDK makes of
 * a name is ambiguous where the name ends in a hyphen and six characters; of one that is a token as a whole, nothing else can be made.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
 */
export function secretId(secret: ISecret): string {
  if (secret.secretFullArn) return secret.secretFullArn;
  // CDK takes the last six characters of a partial ARN for the suffix that only complete ones have, and makes a wrong name of it.
  const isWholeName = secret.secretArn.endsWith(`:${secret.secretName}`);
  return isWholeName ? secret.secretName : secret.secretArn.split(':').slice(6).join(':') || secret.secretArn;
}

/**
 * Refuses a secret whose partial ARN would be taken for a complete one, where nothing but an ARN can be handed on: Secrets Manager then looks for a secret
 * whose name lacks the last seven characters.
 *
 * @param what what is handed the ARN, with its path
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html#ARN_secretnamehyphen
 */
export function requireUnambiguousArn(secret: ISecret, what: string): void {
  if (secret.secretFullArn) return;
  const name = secret.secretArn.split(':').slice(6).join(':');
  if (!/-[A-Za-z0-9]{6}$/.test(name)) return; // a token at the end may be anything
  throw new Error(
    `${what} must have the complete ARN of its secret, got the partial ARN of ${name}: its name ends in a hyphen and six characters, which are read as the end of a complete ARN, ` +
    'and no secret is found; import it by Secret.fromSecretCompleteArn()',
  );
}

/**
 * The whole text of a secret, or one field of its JSON, as CloudFormation looks it up when it deploys. By its name where only a partial ARN is known: see
 * `secretId()`.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html
 */
export function secretText(secret: ISecret, jsonField: string = ''): SecretValue {
  return secret.secretFullArn ? secret.secretValueFromJson(jsonField) : SecretValue.secretsManager(secretId(secret), { jsonField });
}

/**
 * Allows an application to read a secret. CDK writes who reads it into the policy of the key, whose stack would depend on that of the application. The
 * account may use such a key already, so where the two differ, only the identity is given the permission, and no stack depends back. An imported key has a policy
 * that CDK cannot change, and gives nothing then: the identity is given the permission, too.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
 */
export function grantSecretRead(secret: ISecret, grantee: iam.IGrantable, application: IConstruct): iam.Grant {
  explainCircles(secret);
  const { encryptionKey } = secret;
  if (!encryptionKey) return secret.grantRead(grantee);
  const stack = Stack.of(application);
  const isImported = !Resource.isOwnedResource(keyItself(encryptionKey));
  if (isImported || Stack.of(encryptionKey) === stack || isKnownToDiffer(encryptionKey.env.account, stack.account)) {
    const read = secret.grantRead(grantee);
    return isImported || isOfChina(secret.env.region) ? read.combine(grantDecrypt(secret, encryptionKey, grantee)) : read;
  }
  const reading = iam.Grant.addToPrincipalOrResource({
    grantee,
    resource: secret,
    actions: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
    resourceArns: [secret.secretFullArn ?? `${secret.secretArn}-??????`],
  });
  return reading.combine(grantDecrypt(secret, encryptionKey, grantee));
}

function grantDecrypt(secret: ISecret, key: IKey, grantee: iam.IGrantable): iam.Grant {
  const permission = keyPermission(key);
  const conditions = { ...viaService('secretsmanager', secret.env.region), ...permission.conditions };
  const grant = iam.Grant.addToPrincipalOrResource({ ...permission, grantee, actions: ['kms:Decrypt'], conditions, resource: key, resourceSelfArns: ['*'] });
  grant.resourceStatement?.addConditions(conditions); // CDK leaves them out there
  return grant;
}

/** CDK has the name of Secrets Manager end in amazonaws.com everywhere, so that its statement in the policy of a key is for nobody there. */
function isOfChina(region: string): boolean {
  return region.startsWith('cn-');
}
