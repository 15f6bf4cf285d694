// Everything is loaded when it is first used, as a fresh process is measured, too: it would load what only the others need.
/* eslint-disable @typescript-eslint/no-require-imports */
import type { Stack } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type * as Library from '../../src';

/** @param index the number of the construct in its stack, from 0 */
export type Build = (stack: Stack, id: string, index: number) => void;

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
  return {
    HaVpc: {
      ours: (stack, id, index) => new library.HaVpc(stack, id, { cidr: block(index) }),
      byHand: (stack, id, index) => (require('../by-hand/ha-vpc') as typeof import('../by-hand/ha-vpc')).haVpcByHand(stack, id, block(index)),
    },
    EncryptedDatabase: {
      ours: (stack, id) => new library.EncryptedDatabase(stack, id, { vpc: network(stack), engine: library.DatabaseEngine.mysql(), databaseName: 'app' }),
      byHand: (stack, id) =>
        (require('../by-hand/encrypted-database') as typeof import('../by-hand/encrypted-database')).encryptedDatabaseByHand(stack, id, network(stack)),
    },
    EncryptedCache: {
      ours: (stack, id) => new library.EncryptedCache(stack, id, { vpc: network(stack) }),
      byHand: (stack, id) => (require('../by-hand/encrypted-cache') as typeof import('../by-hand/encrypted-cache')).encryptedCacheByHand(stack, id, network(stack)),
    },
    SecureQueue: {
      ours: (stack, id) => new library.SecureQueue(stack, id),
      byHand: (stack, id) => (require('../by-hand/secure-queue') as typeof import('../by-hand/secure-queue')).secureQueueByHand(stack, id),
    },
    StaticMediaCdn: {
      ours: (stack, id) => new library.StaticMediaCdn(stack, id),
      byHand: (stack, id) => (require('../by-hand/static-media-cdn') as typeof import('../by-hand/static-media-cdn')).staticMediaCdnByHand(stack, id),
    },
    ThumbnailToWasabi: {
      ours: (stack, id) => archive(library, stack, id),
      byHand: (stack, id) =>
        (require('../by-hand/thumbnail-to-wasabi') as typeof import('../by-hand/thumbnail-to-wasabi')).thumbnailToWasabiByHand(stack, id, credentials(stack)),
    },
    PhotoRestore: {
      ours: (stack, id) => new library.PhotoRestore(stack, id, { photos: archive(library, stack, 'Photos'), destination: destination(stack) }),
      byHand: (stack, id) => {
        archive(library, stack, 'Photos'); // once a stack in both, as there is nothing to restore without it
        (require('../by-hand/photo-restore') as typeof import('../by-hand/photo-restore')).photoRestoreByHand(stack, id, credentials(stack), destination(stack));
      },
    },
    ContainerAppWithAlb: {
      ours: (stack, id) => {
        const { ContainerImage } = require('aws-cdk-lib/aws-ecs') as typeof ecs;
        new library.ContainerAppWithAlb(stack, id, { vpc: network(stack), image: ContainerImage.fromRegistry('example/web:1.4.0') });
      },
      byHand: (stack, id) =>
        (require('../by-hand/container-app-with-alb') as typeof import('../by-hand/container-app-with-alb')).containerAppByHand(stack, id, network(stack)),
    },
    GithubOidcRole: {
      ours: (stack, id) => new library.GithubOidcRole(stack, id, { subjects: [library.GithubSubject.branch('octo-org@123456/octo-repo@456789', 'main')] }),
      byHand: (stack, id) => (require('../by-hand/github-oidc-role') as typeof import('../by-hand/github-oidc-role')).githubOidcRoleByHand(stack, id),
    },
    TerraformStateBackend: {
      ours: (stack, id) => new library.TerraformStateBackend(stack, id),
      byHand: (stack, id) =>
        (require('../by-hand/terraform-state-backend') as typeof import('../by-hand/terraform-state-backend')).terraformStateBackendByHand(stack, id),
    },
  };
}

/** For each network of an app another one, or ours warns. */
function block(index: number): string {
  return `10.${index}.0.0/16`;
}

// What a construct needs beside it, once a stack, whoever asks first.

function network(stack: Stack): ec2.IVpc {
  const { Vpc } = require('aws-cdk-lib/aws-ec2') as typeof ec2;
  return once(stack, 'Network', (id) => Vpc.fromVpcAttributes(stack, id, {
    vpcId: 'vpc-0a1b2c3d',
    availabilityZones: ['eu-west-3a', 'eu-west-3b'],
    publicSubnetIds: ['subnet-0e1b2c3d', 'subnet-0f1c2d3e'],
    privateSubnetIds: ['subnet-0c1b2c3d', 'subnet-0d1c2d3e'],
    isolatedSubnetIds: ['subnet-0a1b2c3d', 'subnet-0b1c2d3e'],
  }));
}

function credentials(stack: Stack): secretsmanager.ISecret {
  const { Secret } = require('aws-cdk-lib/aws-secretsmanager') as typeof secretsmanager;
  return once(stack, 'Credentials', (id) => Secret.fromSecretNameV2(stack, id, 'demo/wasabi/access'));
}

function destination(stack: Stack): s3.IBucket {
  const { Bucket } = require('aws-cdk-lib/aws-s3') as typeof s3;
  return once(stack, 'Destination', (id) => Bucket.fromBucketName(stack, id, 'restored'));
}

function archive({ ThumbnailToWasabi }: typeof Library, stack: Stack, name: string): Library.ThumbnailToWasabi {
  return once(stack, name, (id) => new ThumbnailToWasabi(stack, id, { wasabiRegion: 'eu-central-1', archiveBucketName: 'photoarchive', credentials: credentials(stack) }));
}

function once<T>(stack: Stack, id: string, create: (id: string) => T): T {
  return stack.node.tryFindChild(id) as T | undefined ?? create(id);
}
