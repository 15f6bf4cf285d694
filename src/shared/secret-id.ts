import { ISecret } from 'aws-cdk-lib/aws-secretsmanager';

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
