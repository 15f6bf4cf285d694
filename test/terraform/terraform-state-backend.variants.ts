import { Duration } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { StageProfile, TerraformStateBackend, TerraformStateBackendProps, TerraformStateLock } from '../../src';
import { Variant } from '../checks/variant';

export const VARIANTS: Variant<TerraformStateBackendProps>[] = [
  {
    name: 'TerraformStateBackend',
    build: (scope, update) => new TerraformStateBackend(scope, 'Subject', update),
    update: { oldVersionRetention: Duration.days(90) },
  },
  {
    name: 'TerraformStateBackend-ephemeral',
    build: (scope, update) => {
      StageProfile.ephemeral().applyTo(scope);
      new TerraformStateBackend(scope, 'Subject', update);
    },
    update: { oldVersionRetention: Duration.days(30) },
  },
  {
    name: 'TerraformStateBackend-table',
    build: (scope, update) => {
      const subject = new TerraformStateBackend(scope, 'Subject', { lock: TerraformStateLock.table(), ...update });
      const role = (id: string) => new Role(scope, id, { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });
      subject.grantState(role('Operator'), { key: 'network/terraform.tfstate' });
      subject.grantReadState(role('Reader'), { key: 'network/terraform.tfstate' });
    },
    update: { oldVersionRetention: Duration.days(30) },
  },
  {
    name: 'TerraformStateBackend-varied',
    build: (scope, update) => new TerraformStateBackend(scope, 'Subject', {
      encryptionKey: new Key(scope, 'Key', { enableKeyRotation: true }),
      accessLogsBucket: new Bucket(scope, 'Logs', { enforceSSL: true }),
      oldVersionRetention: Duration.days(30),
      ...update,
    }),
    update: { oldVersionRetention: Duration.days(60) },
  },
];
