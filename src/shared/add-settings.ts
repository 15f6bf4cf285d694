import { ISecret } from 'aws-cdk-lib/aws-secretsmanager';

interface SecretValue {
  readonly secret: ISecret;
  /** Of a secret that is JSON. */
  readonly field?: string;
}

/** One for each name that may be given. */
type ValuesOf<Names> = { [what in keyof Names as Required<Names>[what] extends string ? what : never]-?: string | SecretValue };

/** An application, as a binding sees it. */
interface SettingsTarget {
  addSetting(name: string, value: string, origin: string): void;
  addSecretSetting(name: string, secret: ISecret, origin: string, field?: string): void;
}

/**
 * Sets what an application asked for, by the names that it gave, and nothing else: in our order, as each language has its own of what was asked.
 */
export function addSettings<Names extends object>(
  target: SettingsTarget, names: Names, values: ValuesOf<Names>, origin: string,
): void {
  for (const [what, value] of Object.entries<string | SecretValue>(values)) {
    const name = names[what as keyof Names];
    if (typeof name !== 'string') continue;
    if (typeof value === 'string') target.addSetting(name, value, origin);
    else target.addSecretSetting(name, value.secret, origin, value.field);
  }
}
