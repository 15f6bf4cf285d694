import { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { IBindingTarget } from '../binding';

interface SecretValue {
  readonly secret: ISecret;
  /** Of a secret that is JSON. */
  readonly field?: string;
}

/**
 * Sets what an application asked for, by the names that it gave, and nothing else.
 */
export function addSettings<Names extends object>(
  target: IBindingTarget, names: Names, values: Record<keyof Names, string | SecretValue>, origin: string,
): void {
  for (const [what, name] of Object.entries(names)) {
    if (name === undefined) continue;
    const value = values[what as keyof Names];
    if (typeof value === 'string') target.addSetting(name, value, origin);
    else target.addSecretSetting(name, value.secret, origin, value.field);
  }
}
