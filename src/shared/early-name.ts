import { createHash } from 'crypto';
import { Aws, Fn } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';

const GUID = 36;
const HASH = 6;

/**
 * A physical name, in lower case, that is known before its resource is there, and new in each life of the stack: words to read, a hash of
 * the path, and the id of the stack.
 *
 * @param words what the name says, as far as there is room for it
 * @param longest how many characters there may be
 */
export function earlyName(scope: IConstruct, words: string[], longest: number): string {
  const hash = createHash('sha256').update([scope.node.path, ...words].join('/')).digest('hex').slice(0, HASH);
  const readable = words.join('-').toLowerCase().replace(/[^a-z0-9]+/g, '-').slice(0, longest - GUID - HASH - 2).replace(/^-+|-+$/g, '');
  const lifeOfStack = Fn.select(2, Fn.split('/', Aws.STACK_ID)); // arn:…:stack/NAME/GUID
  return `${readable}-${hash}-${lifeOfStack}`;
}
