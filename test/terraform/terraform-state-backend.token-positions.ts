import { CfnOutput, Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { TerraformStateBackend, TerraformStateBackendProps } from '../../src';
import { imported, KEY_ARN } from '../checks/imported';
import { TokenPosition, RefusedToken } from '../checks/token-position';

const backend = (props: (value: any, scope: Construct) => TerraformStateBackendProps) => ({
  build: (scope: Construct, value: any) => void new TerraformStateBackend(scope, 'Subject', props(value, scope)),
});
const config = (key: string, workspaceKeyPrefix?: string) => (scope: Construct) =>
  void new CfnOutput(scope, 'Config', { value: new TerraformStateBackend(scope, 'Subject').backendConfig({ key, workspaceKeyPrefix }) });

export const TOKEN_POSITIONS: TokenPosition[] = [
  { of: 'TerraformStateBackendProps.accessLogsBucket', literal: 'logs', ...backend((name, scope) => ({ accessLogsBucket: imported.bucket(name, scope) })) },
  { of: 'TerraformStateBackendProps.encryptionKey', literal: KEY_ARN, ...backend((arn, scope) => ({ encryptionKey: imported.key(arn, scope) })) },
  { of: 'TerraformStateBackendProps.oldVersionRetention', literal: 30, ...backend((days) => ({ oldVersionRetention: Duration.days(days) })) },
  { of: 'TerraformStateOptions.key', literal: 'network.tfstate', build: (scope, key) => config(key)(scope) },
  { of: 'TerraformStateOptions.workspaceKeyPrefix', literal: 'env:', build: (scope, prefix) => config('network.tfstate', prefix)(scope) },
];

export const REFUSED_TOKENS: RefusedToken[] = [
  {
    of: 'TerraformStateBackendProps.oldVersionRetention',
    why: 'it would have to be converted',
    build: (scope, number) => new TerraformStateBackend(scope, 'Subject', { oldVersionRetention: Duration.hours(number) }),
    error: 'Stack/Subject: \'oldVersionRetention\' must be made by Duration.days() where its value is a token, which cannot be converted',
  },
];
