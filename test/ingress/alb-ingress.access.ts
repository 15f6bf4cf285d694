import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { IConstruct } from 'constructs';
import { Subject, withDomain } from './alb-ingress';
import type { StaticMediaCdn } from '../../src';
import { Ingress } from '../../src/ingress/ingress';
import { Actor, call, OTHER_ACCOUNT, overPlainHttp, overTls, Scene, valuesOf } from '../checks/access-rules';
import { transport } from '../checks/bucket-rules';
import { ACCOUNT, REGION } from '../checks/intrinsics';
import { ANYBODY, ROOT } from '../checks/policies';

/** What a load balancer needs of a CDN, without the policies of one. */
export const CDN = {
  distribution: {}, domainName: 'www.example.org', _servePagesOf: () => ({ headerName: 'X-Origin-Verify', accepted: ['current', 'next'] }),
} as unknown as StaticMediaCdn;

/** A load balancer behind CloudFront, with everybody that its bucket and its function admit. */
function behindCloudFront(): Scene {
  const stack = new Stack(new App(), 'Stack', { env: { account: ACCOUNT, region: REGION } });
  const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-1', vpcCidrBlock: '10.0.0.0/16', availabilityZones: ['a', 'b'], publicSubnetIds: ['s1', 's2'] });
  const { ingress } = new Subject(stack, 'App', { ...withDomain(stack), vpc, ingress: Ingress.cloudFrontOnly(CDN), removalPolicy: RemovalPolicy.RETAIN });
  const { template, valueOf } = valuesOf(stack);
  const logs = valueOf(ingress.accessLogsBucket.bucketArn);
  const lookup = ingress.node.findChild('PrefixListLookup').node;
  const roleOf = (fn: IConstruct) => valueOf((fn.node.defaultChild as CfnFunction).role);
  const [fn, framework] = [lookup.findChild('Function'), lookup.findChild('Provider').node.findChild('framework-onEvent')];
  const fnArn = valueOf((fn.node.defaultChild as CfnFunction).attrArn);
  const logGroup = valueOf((lookup.findChild('Logs') as unknown as ILogGroup).logGroupArn).replace(/:\*$/, '');
  const logStream = `${logGroup}:log-stream:1`;

  const delivery = new Actor('log delivery of load balancers', 'logdelivery.elasticloadbalancing.amazonaws.com');
  const strangers = [
    new Actor('a caller without identity', ANYBODY), new Actor('another account', `arn:aws:iam::${OTHER_ACCOUNT}:role/stranger`),
    new Actor('log delivery of other services', 'delivery.logs.amazonaws.com'),
  ];
  const files = ['access', 'connections', 'health-checks'].map((folder) => call('s3:PutObject', `${logs}/${folder}/AWSLogs/${ACCOUNT}/elasticloadbalancing/a.log.gz`));
  const looking = new Actor('the function that looks the prefix list up', roleOf(fn));
  const calling = new Actor('CDK\'s function that calls it', roleOf(framework));
  const takers = [looking, calling].map((_, index) => roleOf([fn, framework][index]));
  return {
    name: 'a load balancer behind CloudFront',
    template,
    rules: [
      ...files.flatMap((write) => [
        delivery.may(`write ${write.resource}`, write),
        delivery.mayNot(`write ${write.resource} over plain HTTP`, overPlainHttp(write)),
        delivery.mayNot(`write ${write.resource} over TLS 1.1`, overTls('1.1', write)),
        ...strangers.map((stranger) => stranger.mayNot(`write ${write.resource}`, write)),
      ]),
      delivery.mayNot('write logs of another account', call('s3:PutObject', files[0].resource.replace(ACCOUNT, OTHER_ACCOUNT))),
      delivery.mayNot('write elsewhere', call('s3:PutObject', `${logs}/AWSLogs/${ACCOUNT}/a.log.gz`)),
      delivery.mayNot('read logs', call('s3:GetObject', files[0].resource)),
      delivery.mayNot('delete logs', call('s3:DeleteObject', files[0].resource)),
      ...transport(new Actor('the account', ROOT), logs),
      looking.may('look at prefix lists', call('ec2:DescribeManagedPrefixLists', '*')),
      looking.may('write its log', call('logs:CreateLogStream', logStream), call('logs:PutLogEvents', logStream)),
      looking.mayNot('change a prefix list', call('ec2:ModifyManagedPrefixList', `arn:aws:ec2:${REGION}:${ACCOUNT}:prefix-list/pl-1`)),
      looking.mayNot('open a security group', call('ec2:AuthorizeSecurityGroupIngress', `arn:aws:ec2:${REGION}:${ACCOUNT}:security-group/sg-1`)),
      looking.mayNot('delete its log', call('logs:DeleteLogGroup', logGroup)),
      calling.may('call it', call('lambda:InvokeFunction', fnArn), call('lambda:GetFunction', fnArn)),
      calling.may('call a version of it', call('lambda:InvokeFunction', `${fnArn}:1`)),
      calling.may('write its log', call('logs:CreateLogStream', logStream), call('logs:PutLogEvents', logStream)),
      calling.mayNot('call another function', call('lambda:InvokeFunction', `arn:aws:lambda:${REGION}:${ACCOUNT}:function:other`)),
      ...takers.flatMap((role) => [
        new Actor('Lambda', 'lambda.amazonaws.com').may(`take the role ${role}`, call('sts:AssumeRole', role)),
        strangers[1].mayNot(`take the role ${role}`, call('sts:AssumeRole', role)),
      ]),
    ],
  };
}

export const SCENES: Scene[] = [behindCloudFront()];
