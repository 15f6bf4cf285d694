import { join } from 'path';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';

/** What `PhotoRestore` creates, written with L2s by somebody who knows how, around the function that this library ships. */
export function photoRestoreByHand(scope: Construct, id: string, credentials: ISecret, destination: s3.IBucket): void {
  const part = new Construct(scope, id);
  const logGroup = new logs.LogGroup(part, 'Logs', { retention: logs.RetentionDays.ONE_YEAR, removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE });
  const role = new iam.Role(part, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
  logGroup.grantWrite(role);
  new lambda.Function(part, 'Function', {
    description: 'Restores originals from the archive',
    architecture: lambda.Architecture.ARM_64,
    runtime: lambda.Runtime.NODEJS_24_X,
    code: lambda.Code.fromAsset(join(__dirname, '..', '..', 'assets', 'photos-restore.zip')),
    handler: 'index.handler',
    memorySize: 1024,
    timeout: Duration.minutes(15),
    role,
    logGroup,
    environment: {
      ARCHIVE_BUCKET: 'photoarchive',
      ARCHIVE_ENDPOINT: 'https://s3.eu-central-1.wasabisys.com',
      ARCHIVE_REGION: 'eu-central-1',
      ARCHIVE_KEY_PREFIX: '',
      ARCHIVE_SECRET_ID: credentials.secretName,
      DESTINATION_BUCKET: destination.bucketName,
      POWERTOOLS_SERVICE_NAME: id,
    },
  });
  credentials.grantRead(role);
  const allow = (actions: string[], resource: string) => role.addToPrincipalPolicy(new iam.PolicyStatement({ actions, resources: [resource] }));
  allow(['s3:ListBucket'], destination.bucketArn);
  allow(['s3:PutObject', 's3:AbortMultipartUpload', 's3:PutObjectTagging', 's3:GetObjectTagging'], destination.arnForObjects('*'));
}
