import { Duration, RemovalPolicy, Size, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { archiveEnvironment, wasabiReadPolicy } from './private/archive';
import { CREDENTIALS_ARE_READ_HERE } from './private/photo-settings';
import { ThumbnailToWasabi } from './thumbnail-to-wasabi';
import { grantObjects } from '../shared/bucket-grants';
import { bundledFunction, BUNDLED_FUNCTION_OWN_PROPS, BUNDLED_FUNCTION_SEALED } from '../shared/bundled-function';
import { Checks } from '../shared/checks';
import { preferOwnProps, seal } from '../shared/guards';
import * as kinds from '../shared/kinds';
import { PropKinds, required, requireKinds } from '../shared/kinds';
import { keptInsteadOfSnapshot } from '../shared/removal-policy';
import { grantSecretRead } from '../shared/secrets';
import { explainCircles, requireSameRegion } from '../shared/stacks';
import { StageProfile } from '../stage/stage-profile';

/**
 * Properties of a PhotoRestore.
 */
export interface PhotoRestoreProps {
  /**
   * Whose originals are restored.
   */
  readonly photos: ThumbnailToWasabi;

  /**
   * The bucket that originals are restored to, under the keys that they were uploaded with, in the region of this stack.
   *
   * Neither the dropbox, from which they would be archived again, nor the bucket of the thumbnails, whose readers may not see originals.
   */
  readonly destination: s3.IBucket;

  /**
   * The Wasabi access key, as for the archive; reading is all that its user needs to be allowed.
   *
   * @default - that of the archive
   */
  readonly credentials?: ISecret;

  /**
   * How long the function's logs are kept.
   *
   * @default - the StageProfile's
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * What happens to the logs when they leave the stack.
   *
   * @default - the StageProfile's
   */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * Brings originals back from the archive, on request: by key or by prefix, into a bucket of yours.
 *
 * An original appears only after its bytes were found to be those that were archived, by their SHA-256, with the content headers and the user metadata of
 * the upload, and without its tags. Of several versions the newest sound one is taken, and only originals of the dropbox of `photos`: an archive may hold those of others. Nothing is
 * ever overwritten, and nothing changes in the archive.
 *
 * Creates a function with a role of its own, which may read the credentials and write into the destination.
 *
 * @example
 * declare const photos: ThumbnailToWasabi;
 * declare const operator: iam.Role;
 * const restore = new PhotoRestore(this, 'Restore', { photos, destination: new s3.Bucket(this, 'Restored') });
 * restore.grantRestore(operator);
 */
export class PhotoRestore extends Construct {
  /** Restores what it is called with: `{"key": "photos/a.jpg"}`, with a `versionId` of the archive, or `{"prefix": "photos/2026/"}`; `sourceBucket` names a dropbox of before. */
  public readonly restoreFunction: lambda.Function;
  /** The logs of the function, in JSON. */
  public readonly logGroup: logs.LogGroup;
  /** The least that the Wasabi user of `credentials` must be allowed, to paste into Wasabi's console. */
  public readonly wasabiPolicyDocument: iam.PolicyDocument;

  /**
   * @throws if the destination is the dropbox or the bucket of the thumbnails, or in another region
   */
  constructor(scope: Construct, id: string, props: PhotoRestoreProps) {
    super(scope, id);
    preferOwnProps(this, BUNDLED_FUNCTION_OWN_PROPS);
    explainCircles(this);
    requireKinds(this.node.path, props, PROP_KINDS);

    const profile = StageProfile.of(this);
    const { photos, destination } = props;
    validateDestination(this, photos, destination);

    const archive = { ...photos._archive, credentials: props.credentials ?? photos._archive.credentials };
    requireSameRegion({ owner: this, as: '\'credentials\'', resource: archive.credentials, because: CREDENTIALS_ARE_READ_HERE });
    const { fn, role, logGroup } = bundledFunction(this, {
      description: 'Restores originals from the archive',
      bundle: 'photos-restore',
      architecture: archive.architecture,
      memorySize: Size.mebibytes(1024), // four originals at a time, a few parts of each
      timeout: Duration.minutes(15),
      calledBy: 'request',
      connectsTo: 'S3, Secrets Manager and the archive',
      environment: {
        ...archiveEnvironment(archive),
        SOURCE_BUCKET: photos.dropbox.bucketName,
        DESTINATION_BUCKET: destination.bucketName,
        POWERTOOLS_SERVICE_NAME: this.node.path,
      },
      logRetention: props.logRetention ?? profile.logRetention,
      removalPolicy: keptInsteadOfSnapshot(props.removalPolicy ?? profile.removalPolicy),
    });
    this.restoreFunction = fn;
    this.logGroup = logGroup;
    grantSecretRead(archive.credentials, role, role);
    grantObjects(destination, role, {
      keys: ['*'],
      actions: ['s3:PutObject', 's3:AbortMultipartUpload', 's3:PutObjectTagging', 's3:GetObjectTagging'],
      keyActions: ['kms:GenerateDataKey', 'kms:Decrypt'],
      list: 'all',
    });
    this.wasabiPolicyDocument = wasabiReadPolicy(archive);
    seal(this, BUNDLED_FUNCTION_SEALED);
  }

  /**
   * Lets an identity restore originals: call the function, and nothing else.
   */
  public grantRestore(grantee: iam.IGrantable): iam.Grant {
    return this.restoreFunction.grantInvokeLatestVersion(grantee);
  }
}

function validateDestination(construct: Construct, { dropbox, thumbnails }: ThumbnailToWasabi, destination: s3.IBucket): void {
  const checks = new Checks(construct.node.path);
  const isSame = (bucket: s3.IBucket) => bucket === destination || bucket.bucketName === destination.bucketName;
  if (isSame(dropbox)) throw checks.error("'destination' must not be the dropbox, where originals would be archived and removed again: use another bucket");
  if (isSame(thumbnails)) throw checks.error("'destination' must not be the bucket of the thumbnails, whose readers may not see originals: use another bucket");
  const here = { name: 'this stack', region: Stack.of(construct).region };
  checks.sameRegion('the function writes', { name: 'the destination', region: destination.env.region }, here);
}

const PROP_KINDS: PropKinds<PhotoRestoreProps> = {
  photos: required(kinds.made(ThumbnailToWasabi, 'new ThumbnailToWasabi()')),
  destination: required(kinds.bucket),
  credentials: kinds.secret,
  logRetention: kinds.retentionDays,
  removalPolicy: kinds.removalPolicy,
};
