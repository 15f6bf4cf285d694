import { Stack, Token } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';

export interface Setting {
  readonly name: string;
  readonly value: unknown;
  readonly origin: string;
}

// `Symbol.for`: two copies of this package in one app agree.
const SETTINGS = Symbol.for('cdk-mainstay.Settings');

/**
 * Who set which setting of an application. It stays with the application, so that all targets made of it know.
 */
export class Settings {
  public static of(application: IConstruct, read: () => Setting[]): Settings {
    const holder = application as unknown as Record<symbol, Settings | undefined>;
    return holder[SETTINGS] ?? new Settings(application, read);
  }

  private readonly claims = new Map<string, Setting>();

  private constructor(private readonly application: IConstruct, private readonly read: () => Setting[]) {
    Object.defineProperty(application, SETTINGS, { value: this, enumerable: false });
    application.node.addValidation({ validate: () => this.taken() });
  }

  /**
   * Sets a name, by `set`.
   *
   * @throws if it is set already
   */
  public claim(setting: Setting, set: () => void): void {
    const { name, origin } = setting;
    const where = this.application.node.path;
    if (Token.isUnresolved(name)) throw new Error(`${where}: the name of a setting must be known at synthesis, got a token from ${origin}`);
    if (Token.isUnresolved(origin)) throw new Error(`${where}: the origin of the setting '${name}' must be known at synthesis, got a token`);
    if (!/^[^\s=]+$/.test(name)) {
      throw new Error(`${where}: the name of a setting must have at least one character, and no spaces and no '=', got '${name}' from ${origin}`);
    }
    const first = this.claims.get(name)?.origin ?? this.read().find((own) => own.name === name)?.origin;
    if (first !== undefined) throw new Error(`${where}: ${setTwice(name, first, origin)}`);
    set();
    this.claims.set(name, setting);
  }

  /** What a later line set over a claim, which CDK's own methods do without a word. */
  private taken(): string[] {
    const settings = this.read();
    const valuesNow = (name: string) => settings.filter((setting) => setting.name === name).map(({ value }) => value);
    return [...this.claims.values()]
      .filter(({ name, value }) => this.written([value]) !== this.written(valuesNow(name)))
      .map(({ name, origin }) => setTwice(name, origin, 'a later line'));
  }

  private written(values: unknown[]): string {
    return JSON.stringify(Stack.of(this.application).resolve(values));
  }
}

function setTwice(name: string, first: string, second: string): string {
  return `the setting '${name}' is set twice, first by ${first} and then by ${second}: give one of them another name`;
}
