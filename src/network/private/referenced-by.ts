import { Reference, Tokenization } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';

/** The resource that a token is an attribute of. */
export function referencedBy(value: unknown): IConstruct | undefined {
  const token = Tokenization.reverse(value, { failConcat: false });
  return token && Reference.isReference(token) ? token.target : undefined;
}
