import { Stack, Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Node } from 'constructs';
import { addSettings } from '../shared/add-settings';
import { letRead } from './private/let-read';
import { secretId } from '../shared/secret-id';
import { Setting, Settings } from './private/settings';

/**
 * What an application uses, and how: the settings that it reads, what it may do, and the port that it connects to.
 *
 * Resources make them, such as `queue.workerBinding({ name: 'TASK_QUEUE_NAME' })`; `Binding` makes them of AWS's own buckets and secrets.
 */
export interface IBinding {
  /**
   * Hands the resource to an application: exactly the settings asked for, the permissions that the use needs, and the port.
   */
  bind(target: IBindingTarget): void;
}

/**
 * An application that uses resources: it has settings, an identity (`grantPrincipal`) and a place in a network (`connections`).
 */
export interface IBindingTarget extends iam.IGrantable, ec2.IConnectable {
  /** The node of the container or function, which errors name. */
  readonly node: Node;

  /**
   * Sets what may be read by everybody who may look at the application.
   *
   * @param name the name that the application reads
   * @param value the value, which may be a token
   * @param origin what sets it, for the error that the next one gets who sets the same name, such as `Stack/Cache.binding()`
   * @throws if the name is set already
   */
  addSetting(name: string, value: string, origin: string): void;

  /**
   * Sets what only the application may read. No template, and nobody who looks at the application, shows it.
   *
   * @param name the name that the application reads
   * @param secret what holds the value
   * @param origin what sets it, for the error that the next one gets who sets the same name
   * @param field the field of a secret that is JSON; else its whole text
   * @throws if the name is set already
   */
  addSecretSetting(name: string, secret: ISecret, origin: string, field?: string): void;
}

/**
 * The names of the settings that tell an application of a bucket. Only those given are set.
 */
export interface BucketBindingNames {
  /**
   * Gets the name of the bucket.
   *
   * @default - not set
   */
  readonly bucket?: string;

  /**
   * Gets the folder that the application may use, without slashes at its ends; empty for all of the bucket.
   *
   * @default - not set
   */
  readonly location?: string;

  /**
   * Gets the region of the bucket.
   *
   * @default - not set
   */
  readonly region?: string;
}

/**
 * How an application uses a bucket.
 */
export interface BucketBindingOptions {
  /**
   * The folder whose objects the application may use, without slashes at its ends. It may still list the keys of all of the bucket, as S3
   * otherwise answers 403 instead of 404 for an object that does not exist.
   *
   * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
   * @default - all of the bucket
   */
  readonly folder?: string;
}

/**
 * Bindings of resources that are no constructs of this library.
 */
export class Binding {
  /**
   * Lets an application list a bucket and read its objects, and nothing else.
   *
   * @throws if the folder has slashes at its ends
   */
  public static bucketRead(bucket: s3.IBucket, names: BucketBindingNames, options: BucketBindingOptions = {}): IBinding {
    return bucketBinding(`Binding.bucketRead(${bucket.node.path})`, bucket, names, options, ['s3:GetObject'], ['kms:Decrypt']);
  }

  /**
   * Lets an application list a bucket and read, write and delete its objects, and nothing else: in a versioned bucket, what is
   * overwritten or deleted stays as an old version, which the application cannot touch.
   *
   * @throws if the folder has slashes at its ends
   */
  public static bucketReadWrite(bucket: s3.IBucket, names: BucketBindingNames, options: BucketBindingOptions = {}): IBinding {
    const actions = ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload', 's3:DeleteObject'];
    return bucketBinding(`Binding.bucketReadWrite(${bucket.node.path})`, bucket, names, options, actions, ['kms:Decrypt', 'kms:GenerateDataKey']);
  }

  /**
   * Gives an application a secret.
   *
   * @param secret the secret
   * @param name the name of the setting that gets it
   * @param field the field of a secret that is JSON; else its whole text
   */
  public static secret(secret: ISecret, name: string, field?: string): IBinding {
    const origin = `Binding.secret(${secret.node.path})`;
    return { bind: (target) => target.addSecretSetting(name, secret, origin, field) };
  }

  private constructor() {}
}

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
    return new ContainerTarget(container, connectable);
  }

  /**
   * A Lambda function. A secret reaches it as its ARN (or the name, of a secret that was imported by it), by which the function reads it at run
   * time, as Lambda shows the environment to everybody who may look at the function: what the binding says about the field is the function's to know.
   *
   * @param fn the function, whose own `environment` counts as set
   */
  public static lambdaFunction(fn: lambda.Function): BindingTarget {
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
    const value: ecs.Secret = { arn, hasField, grantRead: (grantee) => letRead(secret, grantee, this.container) };
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
    letRead(secret, this.fn, this.fn);
  }
}

function isService(connectable: ec2.IConnectable): connectable is ec2.IConnectable & ecs.IBaseService {
  return 'serviceArn' in connectable && 'cluster' in connectable;
}

function settingsOfContainer(container: ecs.ContainerDefinition): Setting[] {
  const { environment, secrets } = container.renderContainerDefinition();
  const rendered = Stack.of(container).resolve({ environment: environment ?? [], secrets: secrets ?? [] });
  return [
    ...rendered.environment.map(({ name, value }: ecs.CfnTaskDefinition.KeyValuePairProperty) => ({ name, value, origin: 'the container\'s own environment' })),
    ...rendered.secrets.map(({ name, valueFrom }: ecs.CfnTaskDefinition.SecretProperty) => ({ name, value: valueFrom, origin: 'the container\'s own secrets' })),
  ];
}

function settingsOfFunction(fn: lambda.Function): Setting[] {
  const environment = Stack.of(fn).resolve((fn.node.defaultChild as lambda.CfnFunction).environment);
  return Object.entries(environment?.variables ?? {}).map(([name, value]) => ({ name, value, origin: 'the function\'s own environment' }));
}

function bucketBinding(
  origin: string, bucket: s3.IBucket, names: BucketBindingNames, { folder }: BucketBindingOptions, objectActions: string[], keyActions: string[],
): IBinding {
  if (folder !== undefined && !Token.isUnresolved(folder) && !/^[^/]+(\/[^/]+)*$/.test(folder)) {
    throw new Error(`${origin}: 'folder' must be one or more names with a slash between them, such as media or media/photos, got '${folder}'`);
  }
  return {
    bind: (target) => {
      addSettings(target, names, { bucket: bucket.bucketName, location: folder ?? '', region: bucket.env.region }, origin);
      const allow = (actions: string[], arn: string) => {
        iam.Grant.addToPrincipalOrResource({ grantee: target, actions, resourceArns: [arn], resource: bucket });
      };
      allow(['s3:ListBucket'], bucket.bucketArn);
      allow(objectActions, bucket.arnForObjects(folder === undefined ? '*' : `${folder}/*`));
      bucket.encryptionKey?.grant(target, ...keyActions);
    },
  };
}
