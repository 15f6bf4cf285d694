import { Aws, Fn, Names } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';

/**
 * A name for what must have one from its user, in at most 35 lower-case letters, digits and hyphens: readable, and new in every life of a stack, so
 * that what was kept of an earlier one is not in the way. The first twelve digits of the id of a stack tell when it was created.
 */
export function nameOfThisLife(scope: IConstruct): string {
  const readable = Names.uniqueResourceName(scope, { maxLength: 22, separator: '-' }).toLowerCase();
  const lifeOfStack = Fn.split('-', Fn.select(2, Fn.split('/', Aws.STACK_ID))); // arn:…:stack/NAME/GUID
  return `${readable}-${Fn.select(0, lifeOfStack)}${Fn.select(1, lifeOfStack)}`;
}
