import { ArnFormat, Aws, CfnResource, Duration, Fn, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

const removalPolicy = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;
const ZONES = [0, 1, 2];

/** What `HaVpc` creates, written with L2s by somebody who knows how. */
export function haVpcByHand(scope: Construct, id: string, cidr: string): void {
  const part = new Construct(scope, id);
  const addresses = ZONES.map((zone) => {
    const address = new ec2.CfnEIP(part, `Address${zone}`, { domain: 'vpc', tags: [{ key: 'Name', value: `${id}/${zone}` }] });
    address.applyRemovalPolicy(removalPolicy);
    return address.attrAllocationId;
  });
  const vpc = new ec2.Vpc(part, 'Vpc', {
    ipAddresses: ec2.IpAddresses.cidr(cidr),
    availabilityZones: ZONES.map((zone) => Fn.select(zone, Fn.getAzs())),
    subnetConfiguration: [
      { name: 'Private', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 20 },
      { name: 'Public', subnetType: ec2.SubnetType.PUBLIC, cidrMask: 22, mapPublicIpOnLaunch: false },
      { name: 'Isolated', subnetType: ec2.SubnetType.PRIVATE_ISOLATED, cidrMask: 22 },
    ],
    natGateways: 3,
    natGatewayProvider: ec2.NatProvider.gateway({ eipAllocationIds: addresses }),
    restrictDefaultSecurityGroup: true,
    gatewayEndpoints: { S3: { service: ec2.GatewayVpcEndpointAwsService.S3 }, DynamoDB: { service: ec2.GatewayVpcEndpointAwsService.DYNAMODB } },
  });
  keepProviderLogs(Stack.of(part));
  flowLog(part, id, vpc);
  vpc.publicSubnets.forEach((subnet, zone) => alarms(part, id, zone, (subnet.node.findChild('NATGateway') as ec2.CfnNatGateway).ref));
}

/** Of the function that closes default security groups, one a stack; for a week, not for ever. */
function keepProviderLogs(stack: Stack): void {
  const provider = stack.node.findChild('Custom::VpcRestrictDefaultSGCustomResourceProvider');
  if (provider.node.tryFindChild('Logs')) return;
  const logGroup = new logs.LogGroup(provider, 'Logs', { retention: logs.RetentionDays.ONE_WEEK, removalPolicy: RemovalPolicy.DESTROY });
  (provider.node.findChild('Handler') as CfnResource).addPropertyOverride('LoggingConfig.LogGroup', logGroup.logGroupName);
}

function flowLog(scope: Construct, id: string, vpc: ec2.Vpc): void {
  const stack = Stack.of(scope);
  const encryptionKey = new kms.Key(scope, 'Key', { description: `Encrypts the flow logs of ${id}`, enableKeyRotation: true, removalPolicy });
  const logGroups = stack.formatArn({ service: 'logs', resource: 'log-group', resourceName: `${Aws.STACK_NAME}-*`, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
  encryptionKey.addToResourcePolicy(new iam.PolicyStatement({
    principals: [new iam.ServicePrincipal(`logs.${Aws.REGION}.${Aws.URL_SUFFIX}`)],
    actions: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
    resources: ['*'],
    conditions: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': logGroups } },
  }));
  const logGroup = new logs.LogGroup(scope, 'FlowLogs', { encryptionKey, retention: logs.RetentionDays.ONE_YEAR, removalPolicy });
  const role = new iam.Role(scope, 'FlowLogRole', {
    assumedBy: new iam.ServicePrincipal('vpc-flow-logs.amazonaws.com', {
      conditions: {
        StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
        ArnLike: { 'aws:SourceArn': stack.formatArn({ service: 'ec2', resource: 'vpc-flow-log', resourceName: '*' }) },
      },
    }),
  });
  vpc.addFlowLog('FlowLog', { destination: ec2.FlowLogDestination.toCloudWatchLogs(logGroup, role), trafficType: ec2.FlowLogTrafficType.ALL });
}

function alarms(scope: Construct, id: string, zone: number, gateway: string): void {
  const metric = (metricName: string) => new cloudwatch.Metric({
    namespace: 'AWS/NATGateway', metricName, dimensionsMap: { NatGatewayId: gateway }, statistic: cloudwatch.Stats.SUM, period: Duration.minutes(5),
  });
  new cloudwatch.Alarm(scope, `PortAlarm${zone}`, {
    alarmDescription: `${id}: NAT gateway ${zone} had no port left for a new connection`,
    metric: metric('ErrorPortAllocation'),
    threshold: 0,
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    evaluationPeriods: 1,
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
  });
  new cloudwatch.Alarm(scope, `DropAlarm${zone}`, {
    alarmDescription: `${id}: NAT gateway ${zone} dropped more than 0.01 % of its packets`,
    metric: new cloudwatch.MathExpression({
      expression: 'IF(sent + received > 0, 100 * dropped / (sent + received), 0)',
      usingMetrics: { dropped: metric('PacketsDropCount'), sent: metric('PacketsInFromSource'), received: metric('PacketsInFromDestination') },
      label: 'dropped packets, percent',
      period: Duration.minutes(5),
    }),
    threshold: 0.01,
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    evaluationPeriods: 3,
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
  });
}
