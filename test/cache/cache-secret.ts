import { createHash } from 'crypto';
import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { EncryptedCache } from '../../src';

export const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** What Secrets Manager generates where punctuation is excluded, the same in each run. */
export function cachePassword(seed: number): string {
  const bytes = createHash('sha512').update(`${seed}`).digest();
  return Array.from(bytes, (byte) => ALPHABET[byte % ALPHABET.length]).join('');
}

const template = (() => {
  const stack = new Stack(new App(), 'Stack');
  const vpc = Vpc.fromVpcAttributes(stack, 'Network', { vpcId: 'vpc-1', availabilityZones: ['a', 'b'], isolatedSubnetIds: ['subnet-1', 'subnet-2'] });
  new EncryptedCache(stack, 'Cache', { vpc });
  return Template.fromStack(stack);
})();

/** The secret of a cache in the words of its template, as CloudFormation would resolve it. */
export function cacheSecret(password: string, host: string): Record<string, string> {
  const secrets = template.findResources('AWS::SecretsManager::Secret', { Properties: { SecretString: Match.anyValue() } });
  const parts: any[] = Object.values(secrets)[0].Properties.SecretString['Fn::Join'][1];
  const text = parts.map((part) => (typeof part === 'string' ? part : part.Ref ?? host)).join('');
  return JSON.parse(text.replace(/\{\{resolve:secretsmanager:\w+:SecretString:password::\}\}/g, password));
}

/** The access strings of its users, by their names. */
export function accessOfUsers(): Record<string, string> {
  const users = Object.values(template.findResources('AWS::ElastiCache::User')).map(({ Properties }) => Properties);
  return Object.fromEntries(users.map(({ UserName, AccessString }) => [UserName, AccessString]));
}
