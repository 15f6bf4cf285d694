import { CfnOutput, Duration, Tokenization } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { TerraformBackendConfigOptions, TerraformStateBackend, TerraformStateBackendProps, TerraformStateOptions } from '../../src';
import { idIn, imported, KEY_ARN } from '../checks/imported';
import { TokenPosition, RefusedToken } from '../checks/token-position';

const backend = (props: (value: any, scope: Construct) => TerraformStateBackendProps) => ({
  build: (scope: Construct, value: any) => void new TerraformStateBackend(scope, 'Subject', props(value, scope)),
});
const config = (key: string, more: Partial<TerraformBackendConfigOptions> = {}) => (scope: Construct) =>
  void new CfnOutput(scope, 'Config', { value: new TerraformStateBackend(scope, 'Subject').backendConfig({ key, ...more }) });
const granted = (scope: Construct, more: Partial<TerraformStateOptions>) => {
  const role = new Role(scope, 'Role', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });
  new TerraformStateBackend(scope, 'Subject').grantState(role, { key: 'network.tfstate', ...more });
};

export const TOKEN_POSITIONS: TokenPosition[] = [
  { of: 'TerraformStateBackendProps.accessLogsBucket', literal: 'logs', ...backend((name, scope) => ({ accessLogsBucket: imported.bucket(name, scope) })) },
  { of: 'TerraformStateBackendProps.encryptionKey', literal: KEY_ARN, ...backend((arn, scope) => ({ encryptionKey: imported.key(arn, scope) })) },
  { of: 'TerraformStateBackendProps.oldVersionRetention', literal: 30, ...backend((days) => ({ oldVersionRetention: Duration.days(days) })) },
  { of: 'TerraformStateOptions.key', literal: 'network.tfstate', build: (scope, key) => config(key)(scope) },
  { of: 'TerraformStateOptions.workspaceKeyPrefix', literal: 'env:', build: (scope, prefix) => config('network.tfstate', { workspaceKeyPrefix: prefix })(scope) },
  { of: 'TerraformStateOptions.workspaces', literal: 'staging', build: (scope, name) => granted(scope, { workspaces: [name] }) },
  {
    of: 'TerraformBackendConfigOptions.allowedAccountIds',
    literal: '210987654321',
    build: (scope, account) => config('network.tfstate', { allowedAccountIds: [account] })(scope),
  },
  {
    of: 'TerraformBackendConfigOptions.role',
    literal: 'arn:aws:iam::210987654321:role/terraform',
    takenApart: true, // for its account and name, which nobody uses here
    build: (scope, arn) => config('network.tfstate', { role: Role.fromRoleArn(scope, idIn(scope), arn) })(scope),
  },
];

export const REFUSED_TOKENS: RefusedToken[] = [
  {
    of: 'TerraformStateBackendProps.oldVersionRetention',
    why: 'it would have to be converted',
    build: (scope, number) => new TerraformStateBackend(scope, 'Subject', { oldVersionRetention: Duration.hours(number) }),
    error: 'Stack/Subject: \'oldVersionRetention\' must be made by Duration.days() where its value is a token, which cannot be converted',
  },
  {
    of: 'TerraformStateOptions.workspaceKeyPrefix',
    why: 'it is compared with the key',
    build: (scope, number) => granted(scope, { workspaceKeyPrefix: Tokenization.stringifyNumber(number) }),
    error: 'Stack/Subject: \'workspaceKeyPrefix\' must be one folder followed by the key, as in env:/network.tfstate, for a grant to all workspaces, got a token',
  },
  {
    of: 'TerraformStateOptions.workspaces',
    why: 'each item is used by itself',
    build: (scope, _, workspaces) => granted(scope, { workspaces }),
    error: 'Stack/Subject: \'workspaces\' must be a list known at synthesis, got a token: each has a state of its own',
  },
  {
    of: 'TerraformBackendConfigOptions.allowedAccountIds',
    why: 'each item is written by itself',
    build: (scope, _, allowedAccountIds) => config('network.tfstate', { allowedAccountIds })(scope),
    error: 'Stack/Subject: \'allowedAccountIds\' must be a list known at synthesis, got a token: each is written by itself',
  },
];
