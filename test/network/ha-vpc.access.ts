import { App, Stack } from 'aws-cdk-lib';
import { IRole } from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { FlowLogs, HaVpc, NatStrategy } from '../../src';
import { AccessRule, Actor, call, onBehalfOf, OTHER_ACCOUNT, Scene, valuesOf } from '../checks/access-rules';
import { ACCOUNT, REGION } from '../checks/intrinsics';
import { ROOT } from '../checks/policies';

const DEFAULT_GROUP = `arn:aws:ec2:${REGION}:${ACCOUNT}:security-group/sg-0a1b2c3d4e5f60718`;
/** The simulator knows no keys of encryption contexts, and would drop the condition: so it has the name of another key here. */
const LOG_GROUP_OF_KEY = 'aws:SourceArn';
const RULES = ['AuthorizeSecurityGroupIngress', 'AuthorizeSecurityGroupEgress', 'RevokeSecurityGroupIngress', 'RevokeSecurityGroupEgress'];

/** CDK's function that closes the default security group: it is beside the network, and its grant in the template all the same. */
function closing(role: string): AccessRule[] {
  const closer = new Actor('the function that closes the default security group', role);
  return [
    ...RULES.map((action) => closer.may(`${action} of the default security group`, call(`ec2:${action}`, DEFAULT_GROUP))),
    ...RULES.map((action) => closer.mayNot(`${action} of another security group`, call(`ec2:${action}`, DEFAULT_GROUP.replace('sg-0a', 'sg-1a')))),
    closer.mayNot('delete the default security group', call('ec2:DeleteSecurityGroup', DEFAULT_GROUP)),
    new Actor('Lambda', 'lambda.amazonaws.com').may('take the role of that function', call('sts:AssumeRole', role)),
  ];
}

function network(name: string, build: (stack: Stack) => HaVpc, rules: (subject: HaVpc, valueOf: (token: string) => string) => AccessRule[]): Scene {
  const stack = new Stack(new App(), 'Stack');
  const subject = build(stack);
  const { template: asDeployed, valueOf } = valuesOf(stack);
  const template = JSON.parse(JSON.stringify(asDeployed).replaceAll('kms:EncryptionContext:aws:logs:arn', LOG_GROUP_OF_KEY));
  const provider = Object.keys(template.Resources).find((id) => /VpcRestrictDefaultSG.*Role/.test(id))!;
  // A log group is `…:*` in policies, and in requests for it, which the simulator takes for a pattern.
  return { name, template, unknownActions: ['logs:DescribeLogStreams'], rules: [...rules(subject, valueOf), ...closing(`arn:aws:iam::${ACCOUNT}:role/${provider}`)] };
}

const logging = network('HaVpc', (stack) => new HaVpc(stack, 'Network'), (subject, valueOf) => {
  const role = subject.node.findChild('FlowLogRole') as unknown as IRole;
  const group = valueOf(subject.flowLogGroup!.logGroupArn).replace(/:\*$/, '');
  const stream = `${group}:log-stream:eni-1`;
  const key = valueOf(subject.encryptionKey!.keyArn);
  const writer = new Actor('the flow log', valueOf(role.roleArn));
  const service = 'vpc-flow-logs.amazonaws.com';
  const flowLog = `arn:aws:ec2:${REGION}:${ACCOUNT}:vpc-flow-log/fl-1`;
  const take = call('sts:AssumeRole', valueOf(role.roleArn));
  const ofLogs = (name: string, logGroup: string) => ({ actor: new Actor(`CloudWatch Logs for ${name}`, `logs.${REGION}.amazonaws.com`), logGroup });
  const with_ = (action: string, logGroup: string) => call(action, key, { [LOG_GROUP_OF_KEY]: `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${logGroup}` });
  const ours = ofLogs('a log group of the stack', 'Stack-NetworkFlowLogs-1a2b3c');
  const others = ofLogs('a log group of another stack', 'Other-NetworkFlowLogs-1a2b3c');
  const uses = ['Encrypt', 'Decrypt', 'ReEncryptFrom', 'ReEncryptTo', 'GenerateDataKey', 'GenerateDataKeyWithoutPlaintext', 'DescribeKey'].map((use) => `kms:${use}`);
  return [
    writer.may('open a stream', call('logs:CreateLogStream', stream)),
    writer.may('write', call('logs:PutLogEvents', stream)),
    writer.mayNot('read', call('logs:GetLogEvents', stream)),
    writer.mayNot('delete the logs', call('logs:DeleteLogGroup', group)),
    writer.mayNot('write into another group', call('logs:PutLogEvents', `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:other:log-stream:eni-1`)),
    new Actor('flow logs for the flow log', ...onBehalfOf(service, flowLog)).may('take the role of the flow log', take),
    new Actor('flow logs for a namesake of the flow log in another account', ...onBehalfOf(service, flowLog, OTHER_ACCOUNT))
      .mayNot('take the role of the flow log', take),
    new Actor('flow logs for another resource', ...onBehalfOf(service, flowLog.replace('vpc-flow-log', 'instance'))).mayNot('take the role of the flow log', take),
    ...uses.map((action) => ours.actor.may(`use ${action} of the key`, with_(action, ours.logGroup))),
    others.actor.mayNot('encrypt with the key', with_('kms:Encrypt', others.logGroup)),
    ours.actor.mayNot('delete the key', with_('kms:ScheduleKeyDeletion', ours.logGroup)),
    new Actor('the account', ROOT).may('administer the key', call('kms:PutKeyPolicy', key)),
  ];
});

const instances = network(
  'HaVpc with NAT instances and flow logs in a bucket',
  (stack) => new HaVpc(stack, 'Network', { natStrategy: NatStrategy.instances(), flowLogs: FlowLogs.toS3(new Bucket(stack, 'Logs')) }),
  (subject, valueOf) => {
    const role = subject.node.findChild('NatRole') as unknown as IRole;
    const instance = new Actor('a NAT instance', valueOf(role.roleArn));
    const bucket = valueOf(subject.flowLog.bucket!.bucketArn);
    const delivery = (name: string, source: string, account?: string) => new Actor(name, ...onBehalfOf('delivery.logs.amazonaws.com', source, account));
    const ours = delivery('log delivery', `arn:aws:logs:${REGION}:${ACCOUNT}:delivery`);
    const others = delivery('log delivery for another account', `arn:aws:logs:${REGION}:${OTHER_ACCOUNT}:delivery`, OTHER_ACCOUNT);
    const put = call('s3:PutObject', `${bucket}/flow-logs/AWSLogs/aws-account-id=${ACCOUNT}/a.parquet`);
    const channels = ['CreateControlChannel', 'CreateDataChannel', 'OpenControlChannel', 'OpenDataChannel'];
    return [
      instance.may('tell Systems Manager of itself', call('ssm:UpdateInstanceInformation', `arn:aws:ec2:${REGION}:${ACCOUNT}:instance/i-1`)),
      ...channels.map((action) => instance.may(`${action} of Session Manager`, call(`ssmmessages:${action}`, '*'))),
      instance.mayNot('read a parameter', call('ssm:GetParameter', `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/secret`)),
      instance.mayNot('move an address', call('ec2:AssociateAddress', `arn:aws:ec2:${REGION}:${ACCOUNT}:elastic-ip/eipalloc-1`)),
      instance.mayNot('change a route', call('ec2:ReplaceRoute', `arn:aws:ec2:${REGION}:${ACCOUNT}:route-table/rtb-1`)),
      new Actor('EC2', 'ec2.amazonaws.com').may('take the role of the instances', call('sts:AssumeRole', valueOf(role.roleArn))),
      ours.may('write flow logs', put),
      ours.may('look at who may write', call('s3:GetBucketAcl', bucket)),
      ours.mayNot('write elsewhere in the bucket', call('s3:PutObject', `${bucket}/a.parquet`)),
      ours.mayNot('read flow logs', call('s3:GetObject', `${bucket}/flow-logs/AWSLogs/aws-account-id=${ACCOUNT}/a.parquet`)),
      others.mayNot('write flow logs', put),
    ];
  },
);

export const SCENES: Scene[] = [logging, instances];
