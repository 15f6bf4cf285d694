import { Duration, RemovalPolicy, Size, Token } from 'aws-cdk-lib';
import { Checks, isUnknown } from './checks';

/**
 * What a value must be. Other languages check it; JavaScript does not, and TypeScript not after `as any`.
 */
export interface Kind {
  /** What it must be, as in `must be a string`. */
  readonly words: string;
  readonly fits: (value: unknown) => boolean;
  /** Of a list. */
  readonly item?: Kind;
  /** Of an object with properties of its own. */
  readonly props?: PropKinds<any>;
}

export interface RequiredKind extends Kind {
  readonly required: true;
}

/** The kind of each property of a struct: one that is added without its kind does not compile. */
export type PropKinds<Props> = { readonly [Prop in keyof Props]-?: object extends Pick<Props, Prop> ? Kind : RequiredKind };

export const required = (kind: Kind): RequiredKind => ({ ...kind, required: true });

export const anything: Kind = { words: 'something', fits: () => true };
export const text: Kind = { words: 'a string', fits: (value) => typeof value === 'string' };
export const number: Kind = { words: 'a number', fits: (value) => typeof value === 'number' };
export const flag: Kind = { words: 'true or false', fits: (value) => typeof value === 'boolean' };
export const duration: Kind = { words: 'a Duration, such as Duration.seconds(30)', fits: (value) => value instanceof Duration || has(value, 'toSeconds') };
export const size: Kind = { words: 'a Size, such as Size.mebibytes(512)', fits: (value) => value instanceof Size || has(value, 'toMebibytes') };
export const anyObject: Kind = { words: 'an object', fits: isObject };

const POLICIES = Object.keys(RemovalPolicy).map((name) => `RemovalPolicy.${name}`).join(', ');
export const removalPolicy: Kind = { words: `one of ${POLICIES}`, fits: (value) => Object.values<unknown>(RemovalPolicy).includes(value) };
/** CDK's enum is not loaded only to look at it: CloudFormation knows which numbers there are. */
export const retentionDays: Kind = { words: 'one of RetentionDays, such as RetentionDays.ONE_MONTH', fits: Number.isInteger };
/** One of an enum of CDK whose values are strings like the pattern. */
export const valueOf = (name: string, pattern: RegExp): Kind => ({
  words: `one of ${name}`, fits: (value) => typeof value === 'string' && (isUnknown(value) || pattern.test(value)),
});

/** An object of CDK, or of a class of the user that implements its interface, known by a member. */
export const resource = (words: string, member: string): Kind => ({ words, fits: (value) => has(value, member) });
export const bucket = resource('a bucket (s3.IBucket)', 'bucketArn');
export const instanceType = resource('an ec2.InstanceType', 'architecture');
export const kmsKey = resource('a key (kms.IKey)', 'keyArn');
export const secret = resource('a secret (secretsmanager.ISecret)', 'secretArn');
export const topic = resource('a topic (sns.ITopic)', 'topicArn');
export const vpc = resource('a VPC (ec2.IVpc)', 'vpcId');

/** One of our classes whose instances only its own factories make: also of another copy of this package in the same app. */
export function made(type: { readonly name: string; readonly prototype: object }, by: string): Kind {
  return { words: `made by ${by}`, fits: (value) => isObject(value) && (type.prototype.isPrototypeOf(value) || value.constructor?.name === type.name) };
}

export const list = (item: Kind): Kind => ({ words: `a list, each item of it ${item.words}`, fits: Array.isArray, item });
export const texts: Kind = { ...list(text), words: 'a list of strings' };
export const textMap: Kind = {
  words: 'an object with strings as values',
  fits: (value) => isObject(value) && Object.values(value).every((each) => typeof each === 'string'),
};
const isEcsSecret = (value: unknown) => has(value, 'arn') && has(value, 'grantRead');
export const secretMap: Kind = {
  words: 'an object with values made by ecs.Secret, such as ecs.Secret.fromSecretsManager(secret)',
  fits: (value) => isObject(value) && Object.values(value).every(isEcsSecret),
};
export const struct = (props: PropKinds<any>): Kind => ({ words: 'an object with options', fits: isObject, props });

/**
 * Throws if a property is missing or is of another kind.
 *
 * @param where the construct path, or the factory
 */
export function requireKinds(where: string, props: unknown, kinds: PropKinds<any>, of?: string): void {
  const checks = new Checks(where);
  if (props !== undefined && props !== null) requireKind(checks, of ?? 'props', props, anyObject);
  const given = (props ?? {}) as Record<string, unknown>;
  for (const [prop, kind] of Object.entries<Kind | RequiredKind>(kinds)) {
    if (given[prop] !== undefined || 'required' in kind) requireKind(checks, prop, given[prop], kind, of);
  }
  if (props === null) throw checks.error(`'${of ?? 'props'}' must be an object, got null`);
}

/** Throws if an argument of a factory is of another kind, or if one is missing that is required. */
export function requireArgument(factory: string, name: string, value: unknown, kind: Kind | RequiredKind): void {
  if (value !== undefined || 'required' in kind) requireKind(new Checks(factory), name, value, kind);
}

function requireKind(checks: Checks, name: string, value: unknown, kind: Kind, of?: string): void {
  const named = of === undefined ? `'${name}'` : `'${name}' of '${of}'`;
  if (!kind.fits(value)) throw checks.error(`${named} must be ${kind.words}, got ${inWords(value)}`);
  if (kind.props) requireKinds(checks.where, value, kind.props, name);
  if (!kind.item) return;
  if (Token.isUnresolved(value)) {
    if (kind.item !== text) throw checks.error(`${named} must be a list known at synthesis, got a token`);
    return;
  }
  const wrong = (value as unknown[]).find((item) => !kind.item!.fits(item));
  if (wrong !== undefined || (value as unknown[]).includes(undefined)) throw checks.error(`${named} must be ${kind.words}, got ${inWords(wrong)} in it`);
  if (kind.item.props) (value as unknown[]).forEach((item) => requireKinds(checks.where, item, kind.item!.props!, name));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function has(value: unknown, member: string): boolean {
  return isObject(value) && member in value;
}

function inWords(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') return Token.isUnresolved(value) ? 'a token' : `'${value}'`;
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'function') return 'a function';
  return isObject(value) ? `an object of ${value.constructor?.name ?? 'no class'}` : String(value);
}
