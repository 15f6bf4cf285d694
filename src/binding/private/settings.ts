import { Stack, Token } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { IConstruct } from 'constructs';
import { attached } from '../../shared/attached';
import { isPlaceholder } from '../../shared/checks';

export interface Setting {
  readonly name: string;
  readonly value: unknown;
  readonly origin: string;
  readonly isSecret?: boolean;
}

/** Which names an application can be given. */
interface NamingRule {
  readonly pattern: RegExp;
  /** What the pattern stands for, in words. */
  readonly allowed: string;
}

/** ECS documents no rule; a process has its environment as `name=value`, and a shell takes no spaces in a name. */
export const ECS_NAMES: NamingRule = { pattern: /^[^\s=]+$/, allowed: "have at least one character, and no spaces and no '='" };

/** @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html */
export const LAMBDA_NAMES: NamingRule = {
  pattern: /^[a-zA-Z][a-zA-Z0-9_]+$/, allowed: 'begin with a letter, have two characters or more, and consist of letters, digits and underscores, as Lambda takes no other',
};

/**
 * Who set which setting of an application. It stays with the application, so that all targets made of it know.
 */
export class Settings {
  public static of(application: IConstruct, naming: NamingRule, read: () => Setting[]): Settings {
    return attached(application, 'Settings', () => new Settings(application, naming, read));
  }

  private readonly claims = new Map<string, Setting>();

  private constructor(private readonly application: IConstruct, private readonly naming: NamingRule, private readonly read: () => Setting[]) {
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
    const { pattern, allowed } = this.naming;
    if (!pattern.test(name) && !isPlaceholder(name)) throw new Error(`${where}: the name of a setting must ${allowed}, got '${name}' from ${origin}`);
    const first = this.claims.get(name)?.origin ?? this.read().find((own) => own.name === name)?.origin;
    if (first !== undefined) throw new Error(`${where}: ${setTwice(name, first, origin)}`);
    set();
    this.claims.set(name, setting);
  }

  /** All settings that the application has now, by whoever. */
  public all(): Setting[] {
    return this.read().map((setting) => ({ ...setting, origin: this.claims.get(setting.name)?.origin ?? setting.origin }));
  }

  /** Who set a value. */
  public claimOf(value: unknown): Setting | undefined {
    return [...this.claims.values()].find((claim) => this.written([claim.value]) === this.written([value]));
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

export function settingsOfContainer(container: ecs.ContainerDefinition): Setting[] {
  const { environment, secrets } = container.renderContainerDefinition();
  const rendered = Stack.of(container).resolve({ environment: environment ?? [], secrets: secrets ?? [] });
  return [
    ...rendered.environment.map(({ name, value }: ecs.CfnTaskDefinition.KeyValuePairProperty) => ({ name, value, origin: 'the container\'s own environment' })),
    ...rendered.secrets.map(({ name, valueFrom }: ecs.CfnTaskDefinition.SecretProperty) => ({ name, value: valueFrom, origin: 'the container\'s own secrets', isSecret: true })),
  ];
}

export function settingsOfFunction(fn: lambda.Function): Setting[] {
  const environment = Stack.of(fn).resolve((fn.node.defaultChild as lambda.CfnFunction).environment);
  return Object.entries(environment?.variables ?? {}).map(([name, value]) => ({ name, value, origin: 'the function\'s own environment' }));
}
