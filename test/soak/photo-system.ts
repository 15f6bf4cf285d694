import { mkdirSync } from 'fs';
import { join } from 'path';
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import {
  CreateBucketCommand, DeleteObjectCommand, GetObjectCommand, GetObjectTaggingCommand, ListMultipartUploadsCommand, ListObjectVersionsCommand,
  ListObjectVersionsCommandOutput, NoSuchKey, PutBucketNotificationConfigurationCommand, PutBucketVersioningCommand, PutObjectCommand, S3Client,
} from '@aws-sdk/client-s3';
import { CreateSecretCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import {
  CreateQueueCommand, DeleteMessageCommand, GetQueueAttributesCommand, Message, ReceiveMessageCommand, SendMessageCommand, SQSClient,
} from '@aws-sdk/client-sqs';
import { FaultProxy } from './fault-proxy';
import { FaultPlan } from './faults';
import { FunctionProcess } from './function-process';
import { Journal, Run } from './journal';
import { Credentials, Emulators } from '../emulator/emulators';
import { StoreUser } from '../emulator/store-user';

export interface PhotoSystemOptions {
  /** Tells its buckets and queues from those of other systems in the same emulators. */
  readonly name: string;
  readonly emulators: Emulators;
  /** The function, unpacked. */
  readonly bundle: string;
  /** How long a message is hidden once received. */
  readonly visibilitySeconds: number;
}

/** Larger photos are archived without thumbnails: small here, so that there can be many. */
export const MAX_INPUT_BYTES = 1_000_000;

/** Lambda's limit of a run; the function leaves 3 seconds of it unused. */
export const RUN_SECONDS = 12;

/** The default of ThumbnailToWasabi. */
const MAX_RECEIVE_COUNT = 10;

export interface StoredVersion {
  readonly key: string;
  readonly versionId: string;
  readonly isLatest: boolean;
}

export const NOTHING_FAILS: FaultPlan = () => undefined;

/** What ThumbnailToWasabi creates, in two emulators: for the audit and the uploaders straight, for functions through fault proxies. */
export class PhotoSystem {
  public static async create(options: PhotoSystemOptions): Promise<PhotoSystem> {
    const system = new PhotoSystem(options);
    await system.deploy();
    return system;
  }

  public readonly dropbox: string;
  public readonly thumbnails: string;
  public readonly archive: string;
  public readonly journal = new Journal();
  public readonly s3: S3Client;
  public readonly storeS3: S3Client;
  public readonly sqs: SQSClient;
  public queueUrl = '';
  public deadLetterQueueUrl = '';
  /** May be replaced at any time. */
  public plan: FaultPlan = NOTHING_FAILS;
  private readonly secrets: SecretsManagerClient;
  private readonly secretName: string;
  private user?: StoreUser;
  private functions = 0;

  private constructor(private readonly options: PhotoSystemOptions) {
    const { name, emulators: { account, store } } = options;
    [this.dropbox, this.thumbnails, this.archive] = ['dropbox', 'thumbnails', 'archive'].map((bucket) => `${name}-${bucket}`);
    this.secretName = `${name}/wasabi/access`;
    this.s3 = new S3Client(account);
    this.storeS3 = new S3Client(store);
    this.sqs = new SQSClient(account);
    this.secrets = new SecretsManagerClient(account);
  }

  /** @param run what the function is at */
  public async startFunction(run: () => Run): Promise<SystemFunction> {
    const { emulators: { account, store, folder }, bundle, name } = this.options;
    const common = { plan: (request: Parameters<FaultPlan>[0]) => this.plan(request), journal: this.journal, run, kill: () => process_.kill() };
    const damage = (key: string, versionId: string) => this.damage(key, versionId);
    const [toAccount, toStore] = await Promise.all([
      FaultProxy.start({ ...common, place: 'account', endpoint: account.endpoint, damage }),
      FaultProxy.start({ ...common, place: 'store', endpoint: store.endpoint, damage }),
    ]);
    const logs = join(folder, 'functions');
    mkdirSync(logs, { recursive: true });
    const process_ = new FunctionProcess({
      bundle,
      logFile: join(logs, `${name}-${++this.functions}.log`),
      environment: {
        AWS_REGION: account.region,
        AWS_ACCESS_KEY_ID: account.credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: account.credentials.secretAccessKey,
        AWS_ENDPOINT_URL: toAccount.url,
        AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true', // the machine's Node.js may be older than Lambda's
        POWERTOOLS_SERVICE_NAME: name,
        POWERTOOLS_METRICS_NAMESPACE: 'cdk-mainstay/ThumbnailToWasabi',
        THUMBNAIL_BUCKET: this.thumbnails,
        THUMBNAILS: JSON.stringify([{ fit: 'inside', width: 32, height: 32, format: 'source' }]),
        ARCHIVE_BUCKET: this.archive,
        ARCHIVE_ENDPOINT: toStore.url,
        ARCHIVE_REGION: store.region,
        ARCHIVE_SECRET_ID: this.secretName,
        DEAD_LETTER_QUEUE_URL: new URL(new URL(this.deadLetterQueueUrl).pathname, toAccount.url).href, // its host is where the SDK sends to
        MAX_RUN_SECONDS: `${RUN_SECONDS}`,
        MAX_RECEIVE_COUNT: `${MAX_RECEIVE_COUNT}`,
        MAX_INPUT_BYTES: `${MAX_INPUT_BYTES}`,
        MAX_INPUT_PIXELS: '1000000',
      },
    });
    return {
      process: process_,
      stop: async () => {
        process_.kill();
        await Promise.all([toAccount.stop(), toStore.stop()]);
      },
    };
  }

  /** @returns the version id */
  public async upload(key: string, body: Uint8Array): Promise<string> {
    const { VersionId } = await this.s3.send(new PutObjectCommand({ Bucket: this.dropbox, Key: key, Body: body, ContentType: 'image/jpeg' }));
    return VersionId!;
  }

  /** @param versionId without it, S3 keeps the object below a delete marker */
  public async delete(key: string, versionId?: string): Promise<void> {
    await this.s3.send(new DeleteObjectCommand({ Bucket: this.dropbox, Key: key, VersionId: versionId }));
  }

  public async versions(bucket: string): Promise<StoredVersion[]> {
    const found: StoredVersion[] = [];
    let page: ListObjectVersionsCommandOutput | undefined;
    do {
      page = await this.client(bucket).send(new ListObjectVersionsCommand({
        Bucket: bucket, KeyMarker: page?.NextKeyMarker, VersionIdMarker: page?.NextVersionIdMarker,
      }));
      found.push(...(page.Versions ?? []).map(({ Key, VersionId, IsLatest }) => ({ key: Key!, versionId: VersionId!, isLatest: IsLatest! })));
    } while (page.IsTruncated);
    return found;
  }

  public async read(bucket: string, key: string, versionId?: string): Promise<{ bytes: Buffer; metadata: Record<string, string> }> {
    const { Body, Metadata = {} } = await this.client(bucket).send(new GetObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId }));
    return { bytes: Buffer.from(await Body!.transformToByteArray()), metadata: Metadata };
  }

  /** None below a delete marker, where the emulated S3 tags nothing: docs/decisions/emulated-account.md. */
  public async tags(bucket: string, key: string, versionId?: string): Promise<Record<string, string>> {
    try {
      const { TagSet = [] } = await this.s3.send(new GetObjectTaggingCommand({ Bucket: bucket, Key: key, VersionId: versionId }));
      return Object.fromEntries(TagSet.map(({ Key, Value }) => [Key, Value]));
    } catch (error) {
      if (error instanceof NoSuchKey) return {};
      throw error;
    }
  }

  /** The archive's multipart uploads that are neither completed nor aborted. */
  public async unfinishedUploads(): Promise<{ key: string; initiated: Date }[]> {
    const { Uploads = [] } = await this.storeS3.send(new ListMultipartUploadsCommand({ Bucket: this.archive }));
    return Uploads.map(({ Key, Initiated }) => ({ key: Key!, initiated: Initiated! }));
  }

  /** Empties the archive and the journal: what was there is not looked at again. */
  public async forget(): Promise<void> {
    const versions = await this.versions(this.archive);
    await Promise.all(versions.map(({ key, versionId }) =>
      this.storeS3.send(new DeleteObjectCommand({ Bucket: this.archive, Key: key, VersionId: versionId }))));
    this.journal.exchanges.length = 0;
  }

  /** Waiting, under way or delayed. */
  public async queueSize(queueUrl = this.queueUrl): Promise<number> {
    const { Attributes = {} } = await this.sqs.send(new GetQueueAttributesCommand({
      QueueUrl: queueUrl, AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible', 'ApproximateNumberOfMessagesDelayed'],
    }));
    return Object.values(Attributes).reduce((sum, count) => sum + Number(count), 0);
  }

  /** @returns all messages of a queue, which is then empty */
  public async drain(queueUrl: string): Promise<Message[]> {
    const found: Message[] = [];
    for (;;) {
      const { Messages = [] } = await this.sqs.send(new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] }));
      if (Messages.length === 0) return found;
      await Promise.all(Messages.map(({ ReceiptHandle }) => this.sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }))));
      found.push(...Messages);
    }
  }

  /** Puts a message into the queue once more. */
  public async send(body: string): Promise<void> {
    await this.sqs.send(new SendMessageCommand({ QueueUrl: this.queueUrl, MessageBody: body }));
  }

  /** As in a rotation that is done in the wrong order: the store refuses the old key before anybody can know the new one. */
  public async rotateKeys(millisecondsBetween: number): Promise<void> {
    await this.user!.deleteKeys();
    await new Promise((resolve) => setTimeout(resolve, millisecondsBetween));
    await this.secrets.send(new PutSecretValueCommand({ SecretId: this.secretName, SecretString: secretString(await this.user!.createKey()) }));
  }

  private async deploy(): Promise<void> {
    const { name, visibilitySeconds, emulators: { account, store } } = this.options;
    await Promise.all([this.createBucket(this.dropbox), this.createBucket(this.thumbnails), this.createBucket(this.archive)]);

    const deadLetters = await this.createQueue(`${name}-dead-letters`, {});
    const queue = await this.createQueue(`${name}-queue`, {
      VisibilityTimeout: `${visibilitySeconds}`,
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: deadLetters.arn, maxReceiveCount: MAX_RECEIVE_COUNT }),
    });
    [this.queueUrl, this.deadLetterQueueUrl] = [queue.url, deadLetters.url];

    const eventBridge = new EventBridgeClient(account);
    const pattern = { 'source': ['aws.s3'], 'detail-type': ['Object Created'], 'detail': { bucket: { name: [this.dropbox] } } };
    await eventBridge.send(new PutRuleCommand({ Name: name, EventPattern: JSON.stringify(pattern) }));
    await eventBridge.send(new PutTargetsCommand({ Rule: name, Targets: [{ Id: 'queue', Arn: queue.arn }] }));
    await this.s3.send(new PutBucketNotificationConfigurationCommand({
      Bucket: this.dropbox, NotificationConfiguration: { EventBridgeConfiguration: {} },
    }));

    const allow = { Effect: 'Allow', Action: 's3:*', Resource: [`arn:aws:s3:::${this.archive}`, `arn:aws:s3:::${this.archive}/*`] };
    this.user = await StoreUser.create(store, name, JSON.stringify({ Version: '2012-10-17', Statement: [allow] }));
    await this.secrets.send(new CreateSecretCommand({ Name: this.secretName, SecretString: secretString(await this.user.createKey()) }));
  }

  private async createBucket(bucket: string): Promise<void> {
    await this.client(bucket).send(new CreateBucketCommand({ Bucket: bucket }));
    await this.client(bucket).send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: 'Enabled' } }));
  }

  private async createQueue(name: string, attributes: Record<string, string>): Promise<{ url: string; arn: string }> {
    const { QueueUrl } = await this.sqs.send(new CreateQueueCommand({ QueueName: name, Attributes: attributes }));
    const { Attributes } = await this.sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
    return { url: QueueUrl!, arn: Attributes!.QueueArn! };
  }

  private client(bucket: string): S3Client {
    return bucket === this.archive ? this.storeS3 : this.s3;
  }

  /** What a store has kept that is not what it was sent. */
  private async damage(key: string, versionId: string): Promise<string> {
    const { bytes, metadata } = await this.read(this.archive, key, versionId);
    await this.storeS3.send(new DeleteObjectCommand({ Bucket: this.archive, Key: key, VersionId: versionId }));
    bytes[Math.floor(bytes.length / 2)] += 1;
    const { VersionId } = await this.storeS3.send(new PutObjectCommand({ Bucket: this.archive, Key: key, Body: bytes, Metadata: metadata }));
    return VersionId!;
  }
}

export interface SystemFunction {
  readonly process: FunctionProcess;
  stop(): Promise<void>;
}

function secretString({ accessKeyId, secretAccessKey }: Credentials): string {
  return JSON.stringify({ WASABI_ACCESS: accessKeyId, WASABI_SECRET: secretAccessKey });
}
