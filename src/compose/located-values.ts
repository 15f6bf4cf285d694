import { KeyRules } from './compose-keys';
import { Given } from './compose-service';
import { bytesOf, secondsOf, shellWords, suggestion } from './compose-values';
import { interpolate } from './interpolation';
import { Entry, Located } from './located-yaml';

type Conversion = (text: string) => number | undefined;

/** What the values of a file may be. Each says what is wrong and goes on with nothing, so that all problems of a file are told at once. */
export class LocatedValues {
  /** `file:line:column: key: …`, each an error. */
  public readonly problems: string[] = [];
  /** The same of keys that have no effect. */
  public readonly ignored: string[] = [];

  public constructor(private readonly variables: Record<string, string>) {}

  public keys(given: Located | undefined, key: string, rules: KeyRules): Map<string, Entry> {
    const known = new Map<string, Entry>();
    const prefix = key === '' ? '' : `${key}.`;
    for (const [name, entry] of this.mapOf(given, key)) {
      if (name.startsWith('x-')) continue;
      const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
      if (!rule) this.problem(entry.at, `${prefix}${name}: Compose has no such key${suggestion(Object.keys(rules), name)}`);
      else if (rule.rule === 'refused' && !asksForNothing(entry.value)) this.problem(entry.at, `${prefix}${name}: it is not supported: ${rule.text}`);
      else if (rule.rule === 'ignored') this.ignored.push(`${entry.at}: ${prefix}${name}: it has no effect: ${rule.text}`);
      known.set(name, entry);
    }
    return known;
  }

  public mapOf(given: Located | undefined, key: string): Map<string, Entry> {
    if (!given || given.scalar === null) return new Map();
    if (!given.entries) this.problem(given.at, `${key === '' ? 'the file' : key}: must be a map of keys and values`);
    return given.entries ?? new Map<string, Entry>();
  }

  /** A map whose keys are names that the file gives. */
  public namesOf(given: Located | undefined, key: string): Map<string, Entry> {
    const entries = this.mapOf(given, key);
    for (const [name, { at }] of entries) {
      if (!/^[\w.-]+$/.test(name)) this.problem(at, `${key}: a name must be of letters, digits, dots, underscores and hyphens, got '${name}'`);
    }
    return entries;
  }

  public listOf(given: Located | undefined, key: string): Located[] {
    if (!given || given.scalar === null) return [];
    if (!given.items) this.problem(given.at, `${key}: must be a list`);
    return given.items ?? [];
  }

  public isTextOrMap(given: Located, key: string): boolean {
    if (given.items) this.problem(given.at, `${key}: must be a text or a map of keys and values, got a list`);
    return !given.items;
  }

  public textsOf(given: Located | undefined, key: string): Given<string>[] {
    const items = given?.scalar === undefined ? this.listOf(given, key) : given.scalar === null ? [] : [given];
    return items.flatMap((each) => this.textOf(each, key) ?? []);
  }

  /** Nothing, too, for what is wrong, so that it is a problem once. */
  public scalarOf(given: Located | undefined, key: string): string | undefined {
    if (!given || given.scalar === null) return undefined;
    if (given.scalar === undefined) {
      this.problem(given.at, `${key}: must be a text or a number, got a ${given.items ? 'list' : 'map'}`);
      return undefined;
    }
    if (typeof given.scalar !== 'string') return String(given.scalar);
    let isWhole = true;
    const text = interpolate(given.scalar, this.variables, (problem) => {
      isWhole = false;
      this.problem(given.at, `${key}: ${problem}`);
    });
    return isWhole ? text : undefined;
  }

  public textOf(given: Located | undefined, key: string): Given<string> | undefined {
    const value = this.scalarOf(given, key);
    return value === undefined ? undefined : { at: given!.at, value };
  }

  public flagOf(given: Located | undefined, key: string): boolean | undefined {
    const text = this.scalarOf(given, key);
    if (text !== undefined && !['true', 'false'].includes(text)) this.problem(given!.at, `${key}: must be true or false, got '${text}'`);
    return text === undefined ? undefined : text === 'true';
  }

  public wordsOf(given: Located | undefined, key: string): string[] | undefined {
    if (!given || given.scalar === null) return undefined;
    if (given.items) return this.textsOf(given, key).map(({ value }) => value);
    const text = this.scalarOf(given, key) ?? '';
    const words = shellWords(text);
    if (!words) this.problem(given.at, `${key}: a quote is not closed in '${text}'`);
    return words ?? [];
  }

  public numberOf(given: Located | undefined, key: string): Given<number> | undefined {
    return this.converted(given, key, (text) => (/^(\d+(\.\d*)?|\.\d+)$/.test(text) ? Number(text) : undefined), 'a number');
  }

  public durationOf(given: Located | undefined, key: string): Given<number> | undefined {
    return this.converted(given, key, secondsOf, 'a time, such as 30s or 1m30s');
  }

  public bytesOf(given: Located | undefined, key: string): Given<number> | undefined {
    return this.converted(given, key, bytesOf, 'a size, such as 512m or 2g');
  }

  private converted(given: Located | undefined, key: string, convert: Conversion, words: string): Given<number> | undefined {
    const text = this.scalarOf(given, key);
    if (text === undefined) return undefined;
    const value = convert(text);
    if (value === undefined) this.problem(given!.at, `${key}: must be ${words}, got '${text}'`);
    return value === undefined ? undefined : { at: given!.at, value };
  }

  public problem(at: string, text: string): void {
    this.problems.push(`${at}: ${text}`);
  }
}

/** Such as `privileged: false`. */
const asksForNothing = ({ scalar, entries, items }: Located) => scalar === null || scalar === false || entries?.size === 0 || items?.length === 0;
