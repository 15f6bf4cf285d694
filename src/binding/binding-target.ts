import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { IConstruct, Node } from 'constructs';
import { IBinding, IBindingTarget } from './binding';
import { ECS_NAMES, LAMBDA_NAMES, Setting, Settings, settingsOfContainer, settingsOfFunction } from './private/settings';
import { addWarning } from '../shared/acknowledge';
import { RunBy, startAfter } from '../shared/application';
import { required, requireArgument, resource } from '../shared/kinds';
import { grantSecretRead, requireUnambiguousArn, secretId } from '../shared/secrets';

/**
 * Applications that bindings can be handed to.
 */
export abstract class BindingTarget implements IBindingTarget {
  /**
   * The container of an ECS task, of any kind of service. A secret reaches it by ECS, whose execution role may then read it; what the
   * application itself may do, its task role may.
   *
   * @param container the container, whose own `environment` and `secrets` count as set
   * @param connectable what runs the task and has its security groups: the service
   */
  public static container(container: ecs.ContainerDefinition, connectable: ec2.IConnectable): BindingTarget {
    requireArgument('BindingTarget.container', 'container', container, required(resource('a container (ecs.ContainerDefinition)', 'taskDefinition')));
    requireArgument('BindingTarget.container', 'connectable', connectable, required(resource('what has security groups, such as the service', 'connections')));
    return new ContainerTarget(container, connectable);
  }

  /**
   * A Lambda function. Lambda shows its environment to everybody who may look at the function, so a secret reaches it as the ARN of the secret (or the
   * name, if the secret was imported by it), and the function reads the secret at run time. Ask for it by `secretArn`. Another name for a secret, such as `url`,
   * gets the ARN, too, with a warning; two such names for one secret are an error.
   *
   * @param fn the function, whose own `environment` counts as set
   * @example
   * declare const database: EncryptedDatabase;
   * declare const vpc: ec2.Vpc;
   * const report = new lambda.Function(this, 'Report', {
   *   vpc, // with a way to Secrets Manager
   *   runtime: lambda.Runtime.NODEJS_24_X,
   *   handler: 'index.handler',
   *   code: lambda.Code.fromInline(`
   *     const { SecretsManager } = require('@aws-sdk/client-secrets-manager'); // Lambda has it
   *     const secrets = new SecretsManager();
   *     exports.handler = async () => {
   *       const { SecretString } = await secrets.getSecretValue({ SecretId: process.env.DATABASE_SECRET_ARN });
   *       const { url, username, password } = JSON.parse(SecretString);
   *     };
   *   `),
   * });
   * BindingTarget.lambdaFunction(report).use(database.binding({ secretArn: 'DATABASE_SECRET_ARN' }));
   */
  public static lambdaFunction(fn: lambda.Function): BindingTarget {
    requireArgument('BindingTarget.lambdaFunction', 'fn', fn, required(resource('a lambda.Function', 'addEnvironment')));
    return new FunctionTarget(fn);
  }

  /**
   * All settings of a container, with what set each.
   *
   * @internal
   */
  public static _settingsOf(container: ecs.ContainerDefinition): Setting[] {
    return Settings.of(container, ECS_NAMES, () => settingsOfContainer(container)).all();
  }

  public abstract readonly grantPrincipal: iam.IPrincipal;
  public abstract readonly node: Node;

  /**
   * What runs the application, if that is known.
   *
   * @internal
   */
  public get _runBy(): RunBy {
    return {};
  }

  /**
   * Labels the container.
   *
   * @internal
   */
  public _addLabel(_name: string, _value: string): void {} // what is no container has none

  /**
   * The security groups of the application.
   *
   * @throws if it has none, so that no port can be opened to it
   */
  public abstract get connections(): ec2.Connections;

  public abstract addSetting(name: string, value: string, origin: string): void;

  public abstract addSecretSetting(name: string, secret: ISecret, origin: string, field?: string): void;

  /**
   * Hands resources to this application.
   *
   * @throws if one of them sets a name that is set already, or needs a network that the application is not in
   */
  public use(...bindings: IBinding[]): void {
    bindings.forEach((binding) => binding.bind(this));
  }
}

class ContainerTarget extends BindingTarget {
  public readonly node: Node;
  public readonly grantPrincipal: iam.IPrincipal;
  private readonly settings: Settings;

  constructor(private readonly container: ecs.ContainerDefinition, private readonly connectable: ec2.IConnectable) {
    super();
    this.node = container.node;
    this.grantPrincipal = container.taskDefinition.taskRole.grantPrincipal;
    this.settings = Settings.of(container, ECS_NAMES, () => settingsOfContainer(container));
  }

  public get connections(): ec2.Connections {
    const { connections } = this.connectable;
    if (connections.securityGroups.length > 0) return connections;
    throw new Error(
      `${this.node.path}: a resource in a network can be reached from a security group only, and what runs this container has none: for an Ec2Service without awsvpc, ` +
      'add the capacity to its cluster before the service; for an ExternalService, pass a connectable that has the security group of its hosts',
    );
  }

  /** @internal */
  public get _runBy(): RunBy {
    if (isService(this.connectable)) return { service: this.connectable };
    return isTask(this.connectable) ? { task: this.connectable._startedBy } : {};
  }

  /** @internal */
  public _addLabel(name: string, value: string): void {
    this.container.addDockerLabel(name, value);
  }

  public addSetting(name: string, value: string, origin: string): void {
    this.settings.claim({ name, value, origin }, () => this.container.addEnvironment(name, value));
  }

  public addSecretSetting(name: string, secret: ISecret, origin: string, field?: string): void {
    requireUnambiguousArn(secret, `${this.node.path}: the setting '${name}' from ${origin}`);
    const { arn, hasField } = ecs.Secret.fromSecretsManager(secret, field);
    const value: ecs.Secret = { arn, hasField, grantRead: (grantee) => this.grantRead(secret, grantee) };
    this.settings.claim({ name, value: value.arn, origin }, () => this.container.addSecret(name, value));
  }

  /** ECS reads secrets by the execution role, whose policy the service does not wait for by itself, as it does for that of the task role. */
  private grantRead(secret: ISecret, grantee: iam.IGrantable): iam.Grant {
    const grant = grantSecretRead(secret, grantee, this.container);
    startAfter(this, grant);
    return grant;
  }
}

class FunctionTarget extends BindingTarget {
  public readonly node: Node;
  public readonly grantPrincipal: iam.IPrincipal;
  private readonly settings: Settings;

  constructor(private readonly fn: lambda.Function) {
    super();
    this.node = fn.node;
    this.grantPrincipal = fn.grantPrincipal;
    this.settings = Settings.of(fn, LAMBDA_NAMES, () => settingsOfFunction(fn));
  }

  public get connections(): ec2.Connections {
    if (this.fn.isBoundToVpc) return this.fn.connections;
    throw new Error(`${this.node.path}: a resource in a network can be reached from there only, and this function is in none: give the function its 'vpc'`);
  }

  /** @internal */
  public get _runBy(): RunBy {
    return { fn: this.fn };
  }

  public addSetting(name: string, value: string, origin: string): void {
    this.settings.claim({ name, value, origin }, () => this.fn.addEnvironment(name, value));
  }

  public addSecretSetting(name: string, secret: ISecret, origin: string, field?: string): void {
    const value = secretId(secret);
    if (field !== undefined) this.requireNoOtherName(name, value, secret, origin);
    this.settings.claim({ name, value, origin }, () => this.fn.addEnvironment(name, value));
    grantSecretRead(secret, this.fn, this.fn);
    if (field === undefined) return;
    addWarning(
      this.fn, 'cdk-mainstay:BindingTarget.ArnInsteadOfValue',
      `the setting '${name}' from ${origin} holds the ARN of the secret ${secret.node.path}, and not its field '${field}', as Lambda shows the environment of a function to ` +
      'everybody who may look at it: ' + READ_AT_RUN_TIME,
    );
  }

  private requireNoOtherName(name: string, value: string, secret: ISecret, origin: string): void {
    const other = this.settings.claimOf(value);
    if (other === undefined) return;
    throw new Error(
      `${this.node.path}: the setting '${name}' from ${origin} would hold the ARN of the secret ${secret.node.path}, as '${other.name}' from ${other.origin} does: ` +
      `a function gets the ARN of a secret, and not its fields; ${READ_AT_RUN_TIME}`,
    );
  }
}

const READ_AT_RUN_TIME = "ask for the ARN alone, by 'secretArn' of the binding, or by Binding.secret() without a field, and read the fields at run time by GetSecretValue, " +
  'as the example of BindingTarget.lambdaFunction() does';

/** Of our own tasks that no service runs. */
function isTask(connectable: ec2.IConnectable): connectable is ec2.IConnectable & { readonly _startedBy: IConstruct } {
  return '_startedBy' in connectable;
}

function isService(connectable: ec2.IConnectable): connectable is ec2.IConnectable & ecs.IBaseService {
  return 'serviceArn' in connectable && 'cluster' in connectable;
}
