import { CfnResource, Names } from 'aws-cdk-lib';
import type { IBaseService } from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Function } from 'aws-cdk-lib/aws-lambda';
import { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { IConstruct, IDependable, Node } from 'constructs';
import { grantSecretRead, secretId } from './secrets';
import { outermostStack } from './stacks';

/** One of them, or none if it is not known. */
export interface RunBy {
  readonly service?: IBaseService;
  readonly fn?: Function;
  /** What starts the tasks that no service runs, one at a time, each of which reads its secrets anew: its resource waits for what they need. */
  readonly task?: IConstruct;
}

/** An application that something is bound to: a `BindingTarget`, or a user's own implementation of its interface, of which no more is known. */
export interface Application {
  /** Of the container or function. */
  readonly node: Node;
  /** What runs the application. */
  readonly _runBy?: RunBy;
  /** Labels the container, if it is one. */
  _addLabel?(name: string, value: string): void;
}

/** What runs an application, if that is known. */
export function runBy({ _runBy = {} }: Application): RunBy {
  return _runBy;
}

/**
 * Has CloudFormation start an application after what it needs in time, and what no reference makes it wait for: the service of a container, or what starts
 * its tasks, or else the resource of the application itself, such as a function, whose event sources wait for it.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-dependson.html
 */
export function startAfter(application: Application, ...needed: IDependable[]): void {
  const { service, task } = runBy(application);
  const { defaultChild } = (service ?? task ?? application).node; // the resource alone: others wait for its security group
  if (CfnResource.isCfnResource(defaultChild) && needed.length > 0) defaultChild.node.addDependency(...needed);
}

interface Way {
  /** Where the application connects to. */
  readonly address: string;
  /** What it connects to, known at synthesis. */
  readonly kind: string;
}

/**
 * Replaces the tasks of a container when the way to a resource changes. ECS reads a secret only when a task starts, and the ARN of the secret stays the same, so
 * the task definition gets a Docker label, which changes no setting of the application. CloudFormation then replaces the tasks before it removes the way of before.
 *
 * Of a resource of another stack, the label has the kind alone: CloudFormation changes no export that is imported, so with its address it could not be replaced.
 */
export function replaceTasksWith(application: Application, resource: IConstruct, { address, kind }: Way): void {
  application._addLabel?.(`io.github.cdkmainstay.${Names.uniqueId(resource)}`, isDeployedWith(application, resource) ? address : kind);
}

/** Whether an application and a resource are of one stack, or of stacks nested in one. */
export function isDeployedWith({ node: { scopes } }: Application, resource: IConstruct): boolean {
  return outermostStack(scopes[scopes.length - 1]) === outermostStack(resource);
}

/** A text, a secret or a field of one that is JSON, or the ARN of a secret that the application reads itself, at run time. */
type Value = string | { readonly secret: ISecret; readonly field?: string } | { readonly arnOf: ISecret };

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
