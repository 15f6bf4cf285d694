import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Node } from 'constructs';
import { IBinding, IBindingTarget } from './binding';
import { grantSecretRead, secretId } from '../shared/secrets';
import { Settings, settingsOfContainer, settingsOfFunction } from './private/settings';
import { required, requireArgument, resource } from '../shared/kinds';

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
   * A Lambda function. A secret reaches it as its ARN (or the name, of a secret that was imported by it), by which the function reads it at run
   * time, as Lambda shows the environment to everybody who may look at the function: what the binding says about the field is the function's to know.
   *
   * @param fn the function, whose own `environment` counts as set
   */
  public static lambdaFunction(fn: lambda.Function): BindingTarget {
    requireArgument('BindingTarget.lambdaFunction', 'fn', fn, required(resource('a lambda.Function', 'addEnvironment')));
    return new FunctionTarget(fn);
  }

  public abstract readonly grantPrincipal: iam.IPrincipal;
  public abstract readonly node: Node;

  /**
   * What runs the application, if that is known.
   *
   * @internal
   */
  public get _runBy(): { readonly service?: ecs.IBaseService; readonly fn?: lambda.Function } {
    return {};
  }

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
    this.settings = Settings.of(container, () => settingsOfContainer(container));
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
  public get _runBy() {
    return isService(this.connectable) ? { service: this.connectable } : {};
  }

  public addSetting(name: string, value: string, origin: string): void {
    this.settings.claim({ name, value, origin }, () => this.container.addEnvironment(name, value));
  }

  public addSecretSetting(name: string, secret: ISecret, origin: string, field?: string): void {
    const { arn, hasField } = ecs.Secret.fromSecretsManager(secret, field);
    const value: ecs.Secret = { arn, hasField, grantRead: (grantee) => grantSecretRead(secret, grantee, this.container) };
    this.settings.claim({ name, value: value.arn, origin }, () => this.container.addSecret(name, value));
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
    this.settings = Settings.of(fn, () => settingsOfFunction(fn));
  }

  public get connections(): ec2.Connections {
    if (this.fn.isBoundToVpc) return this.fn.connections;
    throw new Error(`${this.node.path}: a resource in a network can be reached from there only, and this function is in none: give the function its 'vpc'`);
  }

  /** @internal */
  public get _runBy() {
    return { fn: this.fn };
  }

  public addSetting(name: string, value: string, origin: string): void {
    this.settings.claim({ name, value, origin }, () => this.fn.addEnvironment(name, value));
  }

  public addSecretSetting(name: string, secret: ISecret, origin: string): void {
    const value = secretId(secret);
    this.settings.claim({ name, value, origin }, () => this.fn.addEnvironment(name, value));
    grantSecretRead(secret, this.fn, this.fn);
  }
}

function isService(connectable: ec2.IConnectable): connectable is ec2.IConnectable & ecs.IBaseService {
  return 'serviceArn' in connectable && 'cluster' in connectable;
}
