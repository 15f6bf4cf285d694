import { createHash } from 'crypto';
import { Aws, Fn, Stack } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';

const HASH = 6;
const GUID = 36;
/** The digits of a GUID that say when the stack was created. */
const TIME = 12;
/** For less than this, words say nothing. */
const ROOM_FOR_WORDS = 6;

interface StackScopedName {
  /** The longest that the service accepts. */
  readonly maxLength: number;
  /**
   * What the name says, the most telling first: what there is no room for is cut off at the end.
   *
   * @default - the path of the construct, from its first letter
   */
  readonly words?: string[];
  /**
   * What has to be another resource, and so needs another name, when it changes: CloudFormation replaces nothing under a name that is taken.
   *
   * @default - nothing
   */
  readonly changesWith?: unknown;
}

/**
 * A physical name that is known before its resource is created: words, a hash of the path, and the id of the stack, in lower-case letters, digits and
 * single hyphens.
 *
 * The id makes it unique like a generated name. Two stacks of one template do not clash, and a stack that is deleted and deployed again does not clash with
 * what was retained of the first. Where room is short, its first twelve digits do: when the stack was created.
 */
export function stackScopedName(scope: IConstruct, { maxLength, words, changesWith }: StackScopedName): string {
  const also = changesWith === undefined ? [] : [JSON.stringify(Stack.of(scope).resolve(changesWith))];
  const hash = createHash('sha256').update([scope.node.path, ...words ?? [], ...also].join('/')).digest('hex').slice(0, HASH);
  const room = maxLength - HASH - 2; // and two hyphens
  const isLong = room - GUID >= ROOM_FOR_WORDS;
  const readable = words ? cutOff(words.join('-'), room - (isLong ? GUID : TIME)) : pathInWords(scope, room - (isLong ? GUID : TIME));
  return `${readable}-${hash}-${isLong ? guidOfStack() : timeOfStack()}`;
}

/** Matches, as a pattern of IAM, all names that have room for the whole id of this stack, whatever their words are. */
export function nameInThisStack(): string {
  return `*-${guidOfStack()}`;
}

function guidOfStack(): string {
  return Fn.select(2, Fn.split('/', Aws.STACK_ID)); // arn:…:stack/NAME/GUID
}

function timeOfStack(): string {
  const parts = Fn.split('-', guidOfStack());
  return `${Fn.select(0, parts)}${Fn.select(1, parts)}`;
}

function cutOff(words: string, room: number): string {
  return words.toLowerCase().replace(/[^a-z0-9]+/g, '-').slice(0, room).replace(/^-+|-+$/g, '');
}

/** RDS and ElastiCache want a letter first. */
function pathInWords(scope: IConstruct, room: number): string {
  return shortened(scope.node.path, room).replace(/^[^a-z]+/, '') || 'stack';
}

/** Takes from the longest word, so that all can still be told. */
function shortened(text: string, room: number): string {
  const words = text.toLowerCase().split(/[^a-z0-9]+/);
  const joined = () => words.filter((word) => word !== '').join('-');
  while (joined().length > room) {
    const longest = words.reduce((found, word, index) => (word.length > words[found].length ? index : found), 0);
    words[longest] = words[longest].slice(0, -1);
  }
  return joined();
}
