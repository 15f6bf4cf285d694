import * as iam from 'aws-cdk-lib/aws-iam';
import { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Node } from 'constructs';
import { grantSecretRead, secretId } from './secrets';

interface SecretValue {
  readonly secret: ISecret;
  /** Of a secret that is JSON. */
  readonly field?: string;
}

/** Of a secret that the application reads itself, at run time. */
interface SecretArn {
  readonly arnOf: ISecret;
}

type Value = string | SecretValue | SecretArn;

/** One for each name that may be given. */
type ValuesOf<Names> = { [what in keyof Names as Required<Names>[what] extends string ? what : never]-?: Value };

/** An application, as a binding sees it. */
interface SettingsTarget extends iam.IGrantable {
  readonly node: Node;
  addSetting(name: string, value: string, origin: string): void;
  addSecretSetting(name: string, secret: ISecret, origin: string, field?: string): void;
}

/**
 * Sets what an application asked for, by the names that it gave, and nothing else: in our order, as each language has its own of what was asked.
 */
export function addSettings<Names extends object>(
  target: SettingsTarget, names: Names, values: ValuesOf<Names>, origin: string,
): void {
  for (const [what, value] of Object.entries<Value>(values)) {
    const name = names[what as keyof Names];
    if (typeof name !== 'string') continue;
    if (typeof value === 'string') target.addSetting(name, value, origin);
    else if ('arnOf' in value) addSecretArn(target, name, value.arnOf, origin);
    else target.addSecretSetting(name, value.secret, origin, value.field);
  }
}

/** The application itself may read the secret, in place of what starts it. */
function addSecretArn(target: SettingsTarget, name: string, secret: ISecret, origin: string): void {
  target.addSetting(name, secretId(secret), origin);
  grantSecretRead(secret, target, target.node.scopes[target.node.scopes.length - 1]);
}
