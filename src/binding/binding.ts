import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Node } from 'constructs';
import { addSettings } from '../shared/application';
import { grantObjects, READ, READ_WRITE } from '../shared/bucket-grants';
import { Checks } from '../shared/checks';
import * as kinds from '../shared/kinds';
import { PropKinds, required, requireArgument, requireKinds } from '../shared/kinds';

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
    requireArguments('Binding.bucketRead', bucket, names, options);
    return bucketBinding(`Binding.bucketRead(${bucket.node.path})`, bucket, names, options, READ);
  }

  /**
   * Lets an application list a bucket and read, write and delete its objects, and nothing else: in a versioned bucket, what is
   * overwritten or deleted stays as an old version, which the application cannot touch.
   *
   * @throws if the folder has slashes at its ends
   */
  public static bucketReadWrite(bucket: s3.IBucket, names: BucketBindingNames, options: BucketBindingOptions = {}): IBinding {
    requireArguments('Binding.bucketReadWrite', bucket, names, options);
    return bucketBinding(`Binding.bucketReadWrite(${bucket.node.path})`, bucket, names, options, READ_WRITE);
  }

  /**
   * Gives an application a secret.
   *
   * @param secret the secret
   * @param name the name of the setting that gets it
   * @param field the field of a secret that is JSON; else its whole text
   */
  public static secret(secret: ISecret, name: string, field?: string): IBinding {
    requireArgument('Binding.secret', 'secret', secret, required(kinds.secret));
    requireArgument('Binding.secret', 'name', name, required(kinds.text));
    requireArgument('Binding.secret', 'field', field, kinds.text);
    const origin = `Binding.secret(${secret.node.path})`;
    return { bind: (target) => target.addSecretSetting(name, secret, origin, field) };
  }

  private constructor() {}
}

const NAMES: PropKinds<BucketBindingNames> = { bucket: kinds.text, location: kinds.text, region: kinds.text };

const OPTIONS: PropKinds<BucketBindingOptions> = { folder: kinds.text };

function requireArguments(factory: string, bucket: s3.IBucket, names: BucketBindingNames, options: BucketBindingOptions): void {
  requireArgument(factory, 'bucket', bucket, required(kinds.bucket));
  requireArgument(factory, 'names', names, required(kinds.struct(NAMES)));
  requireKinds(factory, options, OPTIONS, 'options');
}

function bucketBinding(
  origin: string, bucket: s3.IBucket, names: BucketBindingNames, { folder }: BucketBindingOptions, use: typeof READ,
): IBinding {
  new Checks(origin).matches('folder', folder, /^[^/]+(\/[^/]+)*$/, 'one or more names with a slash between them, such as media or media/photos');
  return {
    bind: (target) => {
      addSettings(target, names, { bucket: bucket.bucketName, location: folder ?? '', region: bucket.env.region }, origin);
      grantObjects(bucket, target, { ...use, keys: [folder === undefined ? '*' : `${folder}/*`], list: 'all' });
    },
  };
}
