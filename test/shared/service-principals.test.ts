import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Alias, IKey, Key } from 'aws-cdk-lib/aws-kms';
import { ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { grantSecretRead } from '../../src/shared/secrets';
import { regionsOf } from '../checks/templates';
import { VARIANTS } from '../checks/variants';

const CHINA = { account: '111122223333', region: 'cn-north-1' };

/** All values under a name, wherever in a template they are. */
function valuesOf(name: string, within: unknown): unknown[] {
  if (typeof within !== 'object' || within === null) return [];
  return Object.entries(within).flatMap(([key, value]) => [...(key === name ? [value] : []), ...valuesOf(name, value)]);
}

/** As CloudFormation would write it in China. */
function written(value: any): string {
  const text = typeof value === 'string' ? value : (value['Fn::Join']?.[1] ?? [value]).map((part: any) => part.Ref ?? part).join('');
  return text.replace('AWS::URLSuffix', 'amazonaws.com.cn').replace('AWS::Region', CHINA.region);
}

// The principals of services end in amazonaws.com in China, too, but for that of CloudWatch Logs: region-info of CDK, and
// https://docs.amazonaws.cn/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
test('every principal of a service is one that there is in China', () => {
  const principals = new Map<string, string>();
  for (const { name, build } of VARIANTS.filter((variant) => regionsOf(variant).includes(CHINA.region))) {
    const stack = new Stack(new App(), 'Stack', { env: CHINA });
    build(stack);
    for (const service of valuesOf('Service', valuesOf('Principal', Template.fromStack(stack).toJSON())).flat()) principals.set(written(service), name);
  }
  const wrong = [...principals].filter(([service]) => !(service.startsWith('logs.') ? service === 'logs.cn-north-1.amazonaws.com.cn' : /^[a-z0-9.-]+\.amazonaws\.com$/.test(service)));
  expect(wrong).toEqual([]);
  expect([...principals.keys()]).toEqual(expect.arrayContaining(['logs.cn-north-1.amazonaws.com.cn', 'cloudwatch.amazonaws.com', 'delivery.logs.amazonaws.com', 'events.amazonaws.com']));
}, 300_000);

describe('who reads a secret', () => {
  const KEY_ARN = 'arn:aws:kms:eu-west-1:111122223333:key/11111111-1111-1111-1111-111111111111';
  const HERE = { account: '111122223333', region: 'eu-west-1' };

  /** What the role of an application may do with keys. */
  function onKeys(keyOf: (stack: Stack) => IKey | undefined, env = HERE, context: object = {}): any[] {
    const stack = new Stack(new App({ context }), 'Stack', { env });
    const encryptionKey = keyOf(stack);
    const secret: ISecret = Secret.fromSecretAttributes(stack, 'Secret', {
      secretCompleteArn: `arn:aws:secretsmanager:${env.region}:${env.account}:secret:given-AbCdEf`, encryptionKey,
    });
    const role = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });
    grantSecretRead(secret, role, role);
    return Object.values<any>(Template.fromStack(stack).findResources('AWS::IAM::Policy'))
      .flatMap(({ Properties }) => Properties.PolicyDocument.Statement).filter(({ Action }) => JSON.stringify(Action).includes('kms:'));
  }

  test('with an imported key, whose policy cannot be changed, may use it through Secrets Manager', () => {
    expect(onKeys((stack) => Key.fromKeyArn(stack, 'Key', KEY_ARN))).toEqual([{
      Action: 'kms:Decrypt', Effect: 'Allow', Resource: KEY_ARN, Condition: { StringLike: { 'kms:ViaService': 'secretsmanager.eu-west-1.amazonaws.com*' } },
    }]);
  });

  test.each([{}, { '@aws-cdk/aws-kms:applyImportedAliasPermissionsToPrincipal': true }])('with a key by its alias, may use whichever has it (%j)', (context) => {
    expect(onKeys((stack) => Alias.fromAliasName(stack, 'Key', 'alias/company'), HERE, context)).toEqual([{
      Action: 'kms:Decrypt',
      Effect: 'Allow',
      Resource: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':kms:eu-west-1:111122223333:key/*']] },
      Condition: { 'StringLike': { 'kms:ViaService': 'secretsmanager.eu-west-1.amazonaws.com*' }, 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/company' } },
    }]);
  });

  test('with a key of the stack, may use it by the policy of the key; in China by a policy of its own, as CDK names the service there otherwise than KMS', () => {
    expect(onKeys((stack) => new Key(stack, 'Key'))).toEqual([]);
    expect(onKeys((stack) => new Key(stack, 'Key'), CHINA)).toEqual([
      expect.objectContaining({ Action: 'kms:Decrypt', Condition: { StringLike: { 'kms:ViaService': 'secretsmanager.cn-north-1.amazonaws.com*' } } }),
    ]);
  });

  test('without a key of its own, needs none', () => {
    expect(onKeys(() => undefined)).toEqual([]);
  });
});
