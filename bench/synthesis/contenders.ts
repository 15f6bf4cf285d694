import { Stack } from 'aws-cdk-lib';
import { IVpc, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Bucket, IBucket } from 'aws-cdk-lib/aws-s3';
import { ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type * as Library from '../../src';
import { encryptedCacheByHand } from '../by-hand/encrypted-cache';
import { encryptedDatabaseByHand } from '../by-hand/encrypted-database';
import { githubOidcRoleByHand } from '../by-hand/github-oidc-role';
import { haVpcByHand } from '../by-hand/ha-vpc';
import { photoRestoreByHand } from '../by-hand/photo-restore';
import { secureQueueByHand } from '../by-hand/secure-queue';
import { staticMediaCdnByHand } from '../by-hand/static-media-cdn';
import { terraformStateBackendByHand } from '../by-hand/terraform-state-backend';
import { thumbnailToWasabiByHand } from '../by-hand/thumbnail-to-wasabi';

export type Build = (stack: Stack, id: string) => void;

/** Two ways to the same resources. */
export interface Contenders {
  readonly ours: Build;
  readonly byHand: Build;
}

/**
 * Each construct with the fewest props, and the same by hand.
 *
 * @param library the compiled one for measurements, its source for tests
 */
export function contenders(library: typeof Library): Record<string, Contenders> {
  const { DatabaseEngine, GithubSubject } = library;
  return {
    HaVpc: { ours: (stack, id) => new library.HaVpc(stack, id), byHand: haVpcByHand },
    EncryptedDatabase: {
      ours: (stack, id) => new library.EncryptedDatabase(stack, id, { vpc: network(stack), engine: DatabaseEngine.mysql(), databaseName: 'app' }),
      byHand: (stack, id) => encryptedDatabaseByHand(stack, id, network(stack)),
    },
    EncryptedCache: {
      ours: (stack, id) => new library.EncryptedCache(stack, id, { vpc: network(stack) }),
      byHand: (stack, id) => encryptedCacheByHand(stack, id, network(stack)),
    },
    SecureQueue: { ours: (stack, id) => new library.SecureQueue(stack, id), byHand: secureQueueByHand },
    StaticMediaCdn: { ours: (stack, id) => new library.StaticMediaCdn(stack, id), byHand: staticMediaCdnByHand },
    ThumbnailToWasabi: {
      ours: (stack, id) => archive(library, stack, id),
      byHand: (stack, id) => thumbnailToWasabiByHand(stack, id, credentials(stack)),
    },
    PhotoRestore: {
      ours: (stack, id) => new library.PhotoRestore(stack, id, { photos: archive(library, stack, 'Photos'), destination: destination(stack) }),
      byHand: (stack, id) => {
        archive(library, stack, 'Photos'); // in both, as there is nothing to restore without it
        photoRestoreByHand(stack, id, credentials(stack), destination(stack));
      },
    },
    GithubOidcRole: {
      ours: (stack, id) => new library.GithubOidcRole(stack, id, { subjects: [GithubSubject.branch('octo-org@123456/octo-repo@456789', 'main')] }),
      byHand: githubOidcRoleByHand,
    },
    TerraformStateBackend: { ours: (stack, id) => new library.TerraformStateBackend(stack, id), byHand: terraformStateBackendByHand },
  };
}

// What a construct needs beside it, once a stack, whoever asks first.

function network(stack: Stack): IVpc {
  return once(stack, 'Network', (id) => Vpc.fromVpcAttributes(stack, id, {
    vpcId: 'vpc-0a1b2c3d', availabilityZones: ['eu-west-3a', 'eu-west-3b'], isolatedSubnetIds: ['subnet-0a1b2c3d', 'subnet-0b1c2d3e'],
  }));
}

function credentials(stack: Stack): ISecret {
  return once(stack, 'Credentials', (id) => Secret.fromSecretNameV2(stack, id, 'demo/wasabi/access'));
}

function destination(stack: Stack): IBucket {
  return once(stack, 'Destination', (id) => Bucket.fromBucketName(stack, id, 'restored'));
}

function archive({ ThumbnailToWasabi }: typeof Library, stack: Stack, name: string): Library.ThumbnailToWasabi {
  return once(stack, name, (id) => new ThumbnailToWasabi(stack, id, { wasabiRegion: 'eu-central-1', archiveBucketName: 'photoarchive', credentials: credentials(stack) }));
}

function once<T>(stack: Stack, id: string, create: (id: string) => T & Partial<Construct>): T {
  return stack.node.tryFindChild(id) as T | undefined ?? create(id);
}
