import { RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { photos } from './thumbnail-to-wasabi.variants';
import { PhotoRestore, PhotoRestoreProps, StageProfile } from '../../src';
import { Variant } from '../checks/variant';

/** With the archive beside it, into a bucket that is not of the library. */
function restore(scope: Construct, props: Partial<PhotoRestoreProps> = {}): PhotoRestore {
  const archive = photos(new Construct(scope, 'Archive'));
  const { removalPolicy } = StageProfile.of(scope);
  const kept = { enforceSSL: true, removalPolicy, autoDeleteObjects: removalPolicy === RemovalPolicy.DESTROY };
  const logs = new Bucket(scope, 'Logs', kept);
  const destination = new Bucket(scope, 'Restored', { ...kept, serverAccessLogsBucket: logs });
  return new PhotoRestore(scope, 'Subject', { photos: archive, destination, ...props });
}

export const VARIANTS: Variant<PhotoRestoreProps>[] = [
  { name: 'PhotoRestore', build: (scope, update) => void restore(scope, update), update: { logRetention: RetentionDays.ONE_MONTH } },
  {
    name: 'PhotoRestore-ephemeral',
    build: (scope, update) => {
      StageProfile.ephemeral().applyTo(scope);
      restore(scope, update);
    },
    update: { logRetention: RetentionDays.ONE_MONTH },
  },
  {
    name: 'PhotoRestore-varied',
    build: (scope, update) => {
      const subject = restore(scope, {
        credentials: Secret.fromSecretNameV2(scope, 'ReadOnly', 'demo/wasabi/read-only'),
        logRetention: RetentionDays.THREE_MONTHS,
        removalPolicy: RemovalPolicy.RETAIN,
        ...update,
      });
      subject.grantRestore(new Role(scope, 'Operator', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') }));
    },
    update: { logRetention: RetentionDays.ONE_YEAR },
  },
];
