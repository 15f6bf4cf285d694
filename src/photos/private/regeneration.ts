import { Duration, Size } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { archiveEnvironment } from './archive';
import { PhotoPlaces, PhotoSettings } from './photo-settings';
import { bundledFunction } from '../../shared/bundled-function';
import { grantKey } from '../../shared/key-grants';
import { grantSecretRead } from '../../shared/secrets';
import { allow } from '../../shared/service-role';

type RegenerationProps = PhotoSettings & Pick<PhotoPlaces, 'queue' | 'dropbox'>;

/**
 * The function that queues archived photos on request, so that the photo function makes their thumbnails again:
 * docs/decisions/thumbnails-again.md
 */
export function createRegenerateFunction(scope: Construct, props: RegenerationProps): lambda.Function {
  const { archive, queue } = props;
  const { fn, role } = bundledFunction(new Construct(scope, 'Regenerate'), {
    description: 'Queues archived photos whose thumbnails are to be made again',
    bundle: 'photos-regenerate',
    architecture: props.architecture,
    memorySize: Size.mebibytes(256),
    timeout: Duration.minutes(5), // who waits for the answer of a call may be disconnected after 350 seconds without a byte
    calledBy: 'request',
    connectsTo: 'SQS, Secrets Manager and the archive',
    environment: {
      ...archiveEnvironment(archive),
      SOURCE_BUCKET: props.dropbox.bucketName,
      UPLOAD_PREFIX: props.uploadPrefix,
      PHOTO_QUEUE_URL: queue.queue.queueUrl,
      POWERTOOLS_SERVICE_NAME: scope.node.path,
    },
    logRetention: props.logRetention,
    removalPolicy: props.removalPolicy,
  });
  grantSecretRead(archive.credentials, role, role);
  allow(role, ['sqs:SendMessage', 'sqs:GetQueueAttributes'], queue.queue.queueArn);
  if (queue.encryptionKey) grantKey(queue.encryptionKey, role, 'kms:GenerateDataKey', 'kms:Decrypt');
  return fn;
}
