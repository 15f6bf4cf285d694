import * as lambda from 'aws-cdk-lib/aws-lambda';
import { ISecret } from 'aws-cdk-lib/aws-secretsmanager';

/** Where originals are archived, and what reaches them. */
export interface ArchivePlace {
  readonly bucketName: string;
  readonly endpoint: string;
  readonly region: string;
  readonly keyPrefix: string;
  readonly credentials: ISecret;
  /** The processor of the functions that do. */
  readonly architecture: lambda.Architecture;
}
