import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { Deadline } from '../../shared/deadline';
import { serviceAnswer } from '../../shared/service-answer';

const PAUSE = 5_000;
/** IAM takes that long, and mostly much less, to let a function do what its policy allows since a moment ago. */
const TRIES = 12;

/** Reads an asset, whose name is in a policy that is as new as it. */
export async function readAsset(s3: S3Client, bucket: string, key: string, { sleep }: Pick<Deadline, 'sleep'>): Promise<Uint8Array> {
  for (let left = TRIES - 1; ; left--) {
    try {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return await Body!.transformToByteArray();
    } catch (error) {
      if (serviceAnswer(error).status !== 403 || left === 0) throw error;
      await sleep(PAUSE);
    }
  }
}
