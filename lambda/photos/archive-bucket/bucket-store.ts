import {
  BucketLocationConstraint, CreateBucketCommand, DeleteBucketCommand, GetBucketLocationCommand, GetBucketTaggingCommand, GetBucketVersioningCommand,
  GetObjectLockConfigurationCommand, HeadBucketCommand, PutBucketTaggingCommand, PutBucketVersioningCommand, PutObjectLockConfigurationCommand,
} from '@aws-sdk/client-s3';
import { BucketStore, Finding } from './bucket';
import { ArchiveBucket, ObjectLock } from './properties';
import { serviceAnswer } from '../../shared/service-answer';
import { WasabiSession } from '../wasabi/session';

/** The region that S3 leaves unnamed: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html */
const UNNAMED_REGION = 'us-east-1';

export class WasabiBucketStore implements BucketStore {
  private readonly bucket: { readonly Bucket: string };

  constructor(private readonly session: WasabiSession, private readonly wanted: ArchiveBucket) {
    this.bucket = { Bucket: wanted.bucket };
  }

  async find(): Promise<Finding> {
    try {
      await this.session.run((client) => client.send(new HeadBucketCommand(this.bucket)));
      return { state: 'there' };
    } catch (error) {
      const { status } = serviceAnswer(error);
      const region = regionHeader(error);
      if (status === 404) return { state: 'absent' };
      if (status === 401 || status === 403) return { state: 'forbidden' };
      // To a request signed for the wrong region S3 says "bad request", and which would be the right one.
      if (status === 301 || (status === 400 && region)) return { state: 'elsewhere', region };
      throw error;
    }
  }

  async create(withObjectLock: boolean): Promise<'created' | 'ours' | 'taken'> {
    const { region } = this.wanted;
    try {
      await this.session.run((client) => client.send(new CreateBucketCommand({
        ...this.bucket,
        ...(region !== UNNAMED_REGION && { CreateBucketConfiguration: { LocationConstraint: region as BucketLocationConstraint } }),
        ...(withObjectLock && { ObjectLockEnabledForBucket: true }),
      })));
      return 'created';
    } catch (error) {
      switch (serviceAnswer(error).code) {
        case 'BucketAlreadyOwnedByYou': return 'ours';
        case 'BucketAlreadyExists': return 'taken';
        default: throw error;
      }
    }
  }

  async setTags(tags: Record<string, string>): Promise<void> {
    const TagSet = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    await this.session.run((client) => client.send(new PutBucketTaggingCommand({ ...this.bucket, Tagging: { TagSet } })));
  }

  async tags(): Promise<Record<string, string>> {
    try {
      const { TagSet = [] } = await this.session.run((client) => client.send(new GetBucketTaggingCommand(this.bucket)));
      return Object.fromEntries(TagSet.map(({ Key, Value }) => [Key, Value]));
    } catch (error) {
      if (serviceAnswer(error).code === 'NoSuchTagSet') return {};
      throw error;
    }
  }

  async region(): Promise<string> {
    const { LocationConstraint } = await this.session.run((client) => client.send(new GetBucketLocationCommand(this.bucket)));
    return LocationConstraint || UNNAMED_REGION;
  }

  async keepsVersions(): Promise<boolean> {
    const { Status } = await this.session.run((client) => client.send(new GetBucketVersioningCommand(this.bucket)));
    return Status === 'Enabled';
  }

  async enableVersions(): Promise<void> {
    await this.session.run((client) => client.send(new PutBucketVersioningCommand({
      ...this.bucket,
      VersioningConfiguration: { Status: 'Enabled' },
    })));
  }

  async objectLock(): Promise<ObjectLock | 'impossible' | undefined> {
    try {
      const { ObjectLockConfiguration } = await this.session.run(
        (client) => client.send(new GetObjectLockConfigurationCommand(this.bucket)),
      );
      if (ObjectLockConfiguration?.ObjectLockEnabled !== 'Enabled') return 'impossible';
      const retention = ObjectLockConfiguration.Rule?.DefaultRetention;
      return retention?.Mode && retention.Days ? { mode: retention.Mode, days: retention.Days } : undefined;
    } catch (error) {
      if (serviceAnswer(error).code === 'ObjectLockConfigurationNotFoundError') return 'impossible';
      throw error;
    }
  }

  async setObjectLock({ mode, days }: ObjectLock): Promise<void> {
    await this.session.run((client) => client.send(new PutObjectLockConfigurationCommand({
      ...this.bucket,
      ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention: { Mode: mode, Days: days } } },
    })));
  }

  async remove(): Promise<'removed' | 'absent' | 'not-empty'> {
    try {
      await this.session.run((client) => client.send(new DeleteBucketCommand(this.bucket)));
      return 'removed';
    } catch (error) {
      switch (serviceAnswer(error).code) {
        case 'BucketNotEmpty': return 'not-empty'; // versions and delete markers count
        case 'NoSuchBucket': return 'absent';
        default: throw error;
      }
    }
  }
}

/** The answer to a HEAD says the region in a header alone. */
function regionHeader(error: unknown): string | undefined {
  return (error as { $response?: { headers?: Record<string, string> } }).$response?.headers?.['x-amz-bucket-region'];
}
