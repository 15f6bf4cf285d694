import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import 'sharp';

const s3 = new S3Client({});

/** Asks for an object, as the photo function does first. */
export const handler = () => s3.send(new GetObjectCommand({ Bucket: 'dropbox', Key: 'photos/0.jpg' }));
