import { Duration, Size, SizeRoundingBehavior, Token } from 'aws-cdk-lib';

/** Nothing for what is not given. */
type NumberOf<T> = T extends undefined ? undefined : number;

interface Limits {
  readonly least: number;
  readonly most?: number;
  /** What to do about it, where the range alone does not say. */
  readonly hint?: string;
}

interface Options {
  /** What the property belongs to, where its name alone does not say. */
  readonly of?: string;
}

interface Place {
  readonly name: string;
  readonly region: string;
}

/**
 * Checks the properties of one construct, and throws with its path, the property, what is allowed and the value.
 *
 * A property that is not given passes, and so does a token, whose value is known only when deployed: `known()` refuses those.
 */
export class Checks {
  /**
   * @param where the construct path, or the class for a value object, that the reader of an error looks for
   */
  constructor(public readonly where: string) {}

  /** For what is no more than one line by hand: `throw checks.error("'proxy' must be left out …")`. */
  public error(text: string): Error {
    return new Error(`${this.where}: ${text}`);
  }

  public seconds<T extends Duration | undefined>(prop: string, duration: T, limits?: Limits): NumberOf<T> {
    return this.converted(prop, duration, (given: Duration) => given.toSeconds({ integral: false }), 'Duration.seconds()', 'seconds', limits);
  }

  public hours<T extends Duration | undefined>(prop: string, duration: T, limits?: Limits): NumberOf<T> {
    return this.converted(prop, duration, (given: Duration) => given.toHours({ integral: false }), 'Duration.hours()', 'hours', limits);
  }

  public days<T extends Duration | undefined>(prop: string, duration: T, limits?: Limits): NumberOf<T> {
    return this.converted(prop, duration, (given: Duration) => given.toDays({ integral: false }), 'Duration.days()', 'days', limits);
  }

  public bytes<T extends Size | undefined>(prop: string, size: T, limits?: Limits): NumberOf<T> {
    return this.converted(prop, size, (given: Size) => given.toBytes(UNROUNDED), 'Size.bytes()', 'bytes', limits);
  }

  public mebibytes<T extends Size | undefined>(prop: string, size: T, limits?: Limits): NumberOf<T> {
    return this.converted(prop, size, (given: Size) => given.toMebibytes(UNROUNDED), 'Size.mebibytes()', 'MiB', limits);
  }

  public gibibytes<T extends Size | undefined>(prop: string, size: T, limits?: Limits): NumberOf<T> {
    return this.converted(prop, size, (given: Size) => given.toGibibytes(UNROUNDED), 'Size.gibibytes()', 'GiB', limits);
  }

  public wholeNumber(prop: string, value: number | undefined, { least, most, unit, hint }: Limits & { readonly unit?: string }): void {
    if (value === undefined || Token.isUnresolved(value)) return;
    if (Number.isInteger(value) && value >= least && (most === undefined || value <= most)) return;
    const allowed = most === undefined ? `at least ${least}` : `between ${least} and ${most}`;
    throw this.error(`'${prop}' must be a whole number${unit ? ` of ${unit}` : ''} ${allowed}, got ${value}${because(hint)}`);
  }

  /**
   * Refuses a token.
   *
   * @param why what needs to know the value
   */
  public known(prop: string, value: unknown, why: string, options: Options = {}): void {
    if (isToken(value)) throw this.error(`${named(prop, options)} must be known at synthesis, got a token: ${why}`);
  }

  /** Refuses a list that is a token. Its items may be tokens. */
  public knownList(prop: string, list: readonly unknown[] | undefined, why: string): void {
    if (Token.isUnresolved(list)) throw this.error(`'${prop}' must be a list known at synthesis, got a token: ${why}`);
  }

  /**
   * @param allowed what the pattern stands for, in words
   */
  public matches(prop: string, value: string | undefined, pattern: RegExp, allowed: string, { of, hint }: Options & Pick<Limits, 'hint'> = {}): void {
    if (value === undefined || isUnknown(value) || pattern.test(value)) return;
    throw this.error(`${named(prop, { of })} must be ${allowed}, got '${value}'${because(hint)}`);
  }

  /**
   * Refuses two regions that are known and differ.
   *
   * @param what who does what within one region only
   */
  public sameRegion(what: string, one: Place, other: Place): void {
    if (Token.isUnresolved(one.region) || Token.isUnresolved(other.region) || one.region === other.region) return;
    throw this.error(`${what} within one region only, but ${one.name} is in ${one.region} and ${other.name} in ${other.region}`);
  }

  /** A token converts to its own unit only: CloudFormation does not calculate. */
  private converted<Given, T extends Given | undefined>(
    prop: string, value: T, convert: (given: Given) => number, factory: string, unit: string, limits: Limits | undefined,
  ): NumberOf<T> {
    let number: number | undefined;
    try {
      number = value === undefined ? undefined : convert(value as Given);
    } catch {
      throw this.error(`'${prop}' must be made by ${factory} where its value is a token, which cannot be converted`);
    }
    if (limits) this.wholeNumber(prop, number, { ...limits, unit });
    return number as NumberOf<T>;
  }
}

/** A part of a unit is a number like any other, and out of the limits. */
const UNROUNDED = { rounding: SizeRoundingBehavior.NONE };

/** What `valueFromLookup()` gives until the CLI has looked, which it does only if the first synthesis succeeds: https://docs.aws.amazon.com/cdk/v2/guide/get-ssm-value.html */
export function isPlaceholder(value: unknown): boolean {
  return typeof value === 'string' && value.includes('dummy-value-for-');
}

/** Whether there is nothing to check yet: a token, or a value that is still looked up. */
export function isUnknown(value: unknown): boolean {
  return Token.isUnresolved(value) || isPlaceholder(value);
}

function named(prop: string, { of }: Options): string {
  return of === undefined ? `'${prop}'` : `'${prop}' of ${of}`;
}

function because(hint: string | undefined): string {
  return hint === undefined ? '' : `: ${hint}`;
}

function isToken(value: unknown): boolean {
  return value instanceof Duration || value instanceof Size ? value.isUnresolved() : Token.isUnresolved(value);
}
