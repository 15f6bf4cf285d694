import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  GetObjectCommand, ListObjectVersionsCommand, NoSuchKey, ObjectVersion, PutObjectCommand, PutObjectCommandInput, S3Client,
} from '@aws-sdk/client-s3';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { describeStack } from './deployed-stack';
import { EmulatedAccount } from './emulators';
import { eventually } from './eventually';
import { ARCHIVE_BUCKET } from './photo-archive-app';

/** The deployed example, as seen from outside. */
export class PhotoArchive {
  public static async find(account: EmulatedAccount, store: EmulatedAccount): Promise<PhotoArchive> {
    return new PhotoArchive(account, store, (await describeStack(account)).outputs);
  }

  public readonly dropbox: string;
  public readonly thumbnails: string;
  /** Where restored originals appear. */
  public readonly restored: string;
  /** With all rights in the account. */
  public readonly s3: S3Client;
  /** With all rights in the store. */
  public readonly storeS3: S3Client;

  private constructor(private readonly account: EmulatedAccount, store: EmulatedAccount, private readonly outputs: Record<string, string>) {
    this.dropbox = outputs.DropboxName;
    this.thumbnails = outputs.ThumbnailsName;
    this.restored = outputs.RestoredName;
    this.s3 = new S3Client(account);
    this.storeS3 = new S3Client(store);
  }

  /** With the rights of the role that may only upload. */
  public uploaderS3(): Promise<S3Client> {
    return this.assume(this.outputs.UploaderRoleArn);
  }

  /** With the rights of the role that may only look at thumbnails. */
  public viewerS3(): Promise<S3Client> {
    return this.assume(this.outputs.ViewerRoleArn);
  }

  /** @returns the version id */
  public async upload(key: string, body: string | Uint8Array, details: Partial<PutObjectCommandInput> = {}, as = this.s3): Promise<string> {
    const { VersionId } = await as.send(new PutObjectCommand({ Bucket: this.dropbox, Key: key, Body: body, ContentType: 'image/jpeg', ...details }));
    return VersionId!;
  }

  /** Newest first. */
  public async versionsInDropbox(key: string): Promise<string[]> {
    return (await versions(this.s3, this.dropbox, key)).map(({ VersionId }) => VersionId!);
  }

  /** Newest first. */
  public async versionsInArchive(key: string): Promise<string[]> {
    return (await versions(this.storeS3, ARCHIVE_BUCKET, key)).map(({ VersionId }) => VersionId!);
  }

  /** @returns when no version of any of the keys is left in the dropbox */
  public async untilGone(...keys: string[]): Promise<void> {
    await eventually(`the dropbox still has one of ${keys.join(', ')}`, async () => {
      const versionsOfAll = await Promise.all(keys.map((key) => this.versionsInDropbox(key)));
      return versionsOfAll.flat().length === 0 ? true : undefined;
    });
  }

  public archived(key: string, versionId?: string): Promise<Buffer | undefined> {
    return read(this.storeS3, ARCHIVE_BUCKET, key, versionId);
  }

  public thumbnail(key: string): Promise<Buffer | undefined> {
    return read(this.s3, this.thumbnails, key);
  }

  public restoredOriginal(key: string): Promise<Buffer | undefined> {
    return read(this.s3, this.restored, key);
  }

  /** Calls the reconciler. @returns its answer */
  public reconcile(event: object): Promise<any> {
    return this.invoke(this.outputs.ReconcilerFunctionName, event);
  }

  /** Calls the restore function. @returns its answer */
  public restore(event: object): Promise<any> {
    return this.invoke(this.outputs.RestoreFunctionName, event);
  }

  /** Calls the function that queues archived photos. @returns its answer */
  public regenerate(event: object): Promise<any> {
    return this.invoke(this.outputs.RegenerateFunctionName, event);
  }

  private async invoke(FunctionName: string, event: object): Promise<any> {
    const { Payload, FunctionError } = await new LambdaClient(this.account).send(new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) }));
    const answer = JSON.parse(Buffer.from(Payload!).toString());
    if (FunctionError) throw new Error(answer.errorMessage);
    return answer;
  }

  private async assume(roleArn: string): Promise<S3Client> {
    const { Credentials: key } = await new STSClient(this.account).send(new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'photo-archive' }));
    const credentials = { accessKeyId: key!.AccessKeyId!, secretAccessKey: key!.SecretAccessKey!, sessionToken: key!.SessionToken };
    return new S3Client({ ...this.account, credentials });
  }
}

async function versions(s3: S3Client, bucket: string, key: string): Promise<ObjectVersion[]> {
  const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: key }));
  return Versions.filter((version) => version.Key === key);
}

async function read(s3: S3Client, bucket: string, key: string, versionId?: string): Promise<Buffer | undefined> {
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId }));
    return Buffer.from(await Body!.transformToByteArray());
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  }
}
