import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { photosWith } from './thumbnail-to-wasabi.token-positions';
import { PhotoRestore, PhotoRestoreProps } from '../../src';
import { idIn, imported } from '../checks/imported';
import { TokenPosition } from '../checks/token-position';

const restoring = (props: (value: string, scope: Construct) => Partial<PhotoRestoreProps>) => (scope: Construct, value: string) => {
  const destination = Bucket.fromBucketName(scope, 'Destination', 'restored');
  new PhotoRestore(scope, 'Restore', { photos: photosWith(scope, {}), destination, ...props(value, scope) });
};

export const TOKEN_POSITIONS: TokenPosition[] = [
  {
    of: 'PhotoRestoreProps.credentials',
    literal: 'demo/wasabi/read-only',
    build: restoring((name, scope) => ({ credentials: Secret.fromSecretNameV2(scope, idIn(scope), name) })),
  },
  { of: 'PhotoRestoreProps.destination', literal: 'restored', build: restoring((name, scope) => ({ destination: imported.bucket(name, scope) })) },
];

export const REFUSED_TOKENS = [];
