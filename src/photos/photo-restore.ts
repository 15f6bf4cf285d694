import { join } from 'path';
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { ThumbnailToWasabi } from './thumbnail-to-wasabi';
import { secretId } from '../shared/secret-id';
import { acknowledge } from '../shared/acknowledge';
import { acknowledgeWildcard } from '../shared/acknowledge-wildcard';
import { functionLogs } from '../shared/function-logs';
import { loggingRole } from '../shared/logging-role';
import { ownPropsWin } from '../shared/own-props-win';
import { keptInsteadOfSnapshot } from '../shared/removal-policy';
import { requireSameRegion } from '../shared/require-same-region';
import { seal } from '../shared/sealed';
import { wasabiReadPolicy } from './private/wasabi';
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
 * An original appears only after its bytes were found to be those that were archived, by their SHA-256, with the headers and metadata of
 * the upload. Of several versions the newest sound one is taken. Nothing is ever overwritten, and nothing changes in the archive.
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
  /** Restores what it is called with: `{"key": "photos/a.jpg"}`, with a `versionId` of the archive, or `{"prefix": "photos/2026/"}`. */
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
    ownPropsWin(this);

    const profile = StageProfile.of(this);
    const { photos, destination } = props;
    const archive = photos._archive;
    const credentials = props.credentials ?? archive.credentials;
    validateDestination(this, photos, destination);

    const removalPolicy = keptInsteadOfSnapshot(props.removalPolicy ?? profile.removalPolicy);
    this.logGroup = functionLogs(this, props.logRetention ?? profile.logRetention, removalPolicy);
    const role = loggingRole(this, 'Role', this.logGroup);
    this.restoreFunction = new lambda.Function(this, 'Function', {
      description: 'Restores originals from the archive',
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: archive.architecture,
      code: lambda.Code.fromAsset(join(__dirname, '..', '..', 'assets', 'photos-restore.zip')),
      handler: 'index.handler',
      memorySize: 1024, // four originals at a time, a few parts of each
      timeout: Duration.minutes(15),
      role,
      logGroup: this.logGroup,
      environment: {
        ARCHIVE_BUCKET: archive.bucketName,
        ARCHIVE_ENDPOINT: archive.endpoint,
        ARCHIVE_REGION: archive.region,
        ARCHIVE_KEY_PREFIX: archive.keyPrefix,
        ARCHIVE_SECRET_ID: secretId(credentials),
        DESTINATION_BUCKET: destination.bucketName,
        POWERTOOLS_SERVICE_NAME: this.node.path,
      },
    });
    credentials.grantRead(role);
    allowToWrite(role, destination);
    this.wasabiPolicyDocument = wasabiReadPolicy(archive.bucketName, archive.keyPrefix);

    acknowledge(this.restoreFunction, {
      customerKeyOfEnvironment: 'it holds names, addresses and where the secret is, but not the secret; Lambda encrypts it with a key of its own',
      deadLetterConfig: 'somebody calls it and waits for the answer, which says what failed: there is nothing to redrive',
      reservedConcurrency: 'it runs on request; what is reserved is taken from all other functions of the account',
      tracing: 'its answer and its log say what became of each original; X-Ray costs extra, and its permissions know no narrower resource than *',
      vpc: 'nothing can connect to it, and it connects, over TLS, to public endpoints only: S3, Secrets Manager and the archive',
    });
    seal(this);
  }

  /**
   * Lets an identity restore originals: call the function, and nothing else.
   */
  public grantRestore(grantee: iam.IGrantable): iam.Grant {
    return this.restoreFunction.grantInvokeLatestVersion(grantee);
  }
}

function validateDestination(construct: Construct, { dropbox, thumbnails }: ThumbnailToWasabi, destination: s3.IBucket): void {
  const where = construct.node.path;
  const isSame = (bucket: s3.IBucket) => bucket === destination || bucket.bucketName === destination.bucketName;
  if (isSame(dropbox)) throw new Error(`${where}: 'destination' must not be the dropbox, where originals would be archived and removed again: use another bucket`);
  if (isSame(thumbnails)) throw new Error(`${where}: 'destination' must not be the bucket of the thumbnails, whose readers may not see originals: use another bucket`);
  const here = { name: 'this stack', region: Stack.of(construct).region };
  requireSameRegion(where, 'the function writes', { name: 'the destination', region: destination.env.region }, here);
}

function allowToWrite(role: iam.Role, destination: s3.IBucket): void {
  const allow = (actions: string[], resource: string) => role.addToPrincipalPolicy(new iam.PolicyStatement({ actions, resources: [resource] }));
  const originals = destination.arnForObjects('*');
  allow(['s3:PutObject', 's3:AbortMultipartUpload', 's3:PutObjectTagging', 's3:GetObjectTagging'], originals);
  allow(['s3:ListBucket'], destination.bucketArn); // without it, S3 answers 403 instead of 404 for what is not there
  destination.encryptionKey?.grant(role, 'kms:GenerateDataKey', 'kms:Decrypt');
  acknowledgeWildcard(role, originals, 'originals come back under the keys that they had, which may be any');
}
