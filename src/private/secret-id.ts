import { ISecret } from 'aws-cdk-lib/aws-secretsmanager';

/**
 * What finds a secret at run time: its complete ARN, which other accounts need, or its name. The partial ARN that CDK makes of
 * a name is ambiguous where the name ends in a hyphen and six characters.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
 */
export function secretId(secret: ISecret): string {
  return secret.secretFullArn ?? secret.secretName;
}
