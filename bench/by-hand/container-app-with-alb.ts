import { ArnFormat, Aws, CfnResource, Duration, RemovalPolicy, Size, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';

const RETAINED = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;
const [MINUTE, FIVE_MINUTES] = [Duration.minutes(1), Duration.minutes(5)];
const NOT_BREACHING = { treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING };

/** What `ContainerAppWithAlb` creates, written with L2s by somebody who knows how. */
export function containerAppByHand(scope: Construct, id: string, vpc: ec2.IVpc): void {
  const part = new Construct(scope, id);
  const cluster = new ecs.Cluster(part, 'Cluster', { vpc, containerInsightsV2: ecs.ContainerInsights.ENABLED });
  (cluster.node.defaultChild as ecs.CfnCluster).capacityProviders = ['FARGATE', 'FARGATE_SPOT'];
  const { loadBalancer, listener } = balancer(part, vpc);
  const { taskDefinition, logGroup } = task(part);

  const securityGroup = new ec2.SecurityGroup(part, 'ServiceGroup', { vpc, description: id });
  const service = new ecs.FargateService(part, 'Service', {
    cluster,
    taskDefinition,
    vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
    securityGroups: [securityGroup],
    capacityProviderStrategies: [{ capacityProvider: 'FARGATE', weight: 1 }],
    minHealthyPercent: 100,
    maxHealthyPercent: 200,
    circuitBreaker: { enable: true, rollback: true },
    availabilityZoneRebalancing: ecs.AvailabilityZoneRebalancing.ENABLED,
    healthCheckGracePeriod: Duration.seconds(60),
    enableECSManagedTags: true,
    propagateTags: ecs.PropagatedTagSource.SERVICE,
    enableExecuteCommand: false,
  });
  const resource = service.node.defaultChild as CfnResource;
  resource.node.addDependency(taskDefinition.executionRole!, logGroup);
  const targetGroup = new elbv2.ApplicationTargetGroup(part, 'Targets', {
    vpc,
    port: 80,
    protocol: elbv2.ApplicationProtocol.HTTP,
    targets: [service.loadBalancerTarget({ containerName: 'app', containerPort: 80 })],
    deregistrationDelay: Duration.seconds(30),
    healthCheck: {
      path: '/',
      protocol: elbv2.Protocol.HTTP,
      interval: Duration.seconds(15),
      timeout: Duration.seconds(5),
      healthyThresholdCount: 2,
      unhealthyThresholdCount: 3,
      healthyHttpCodes: '200',
    },
  });
  new elbv2.ApplicationListenerRule(part, 'Rule', {
    listener, priority: 50_000, conditions: [elbv2.ListenerCondition.pathPatterns(['/*'])], action: elbv2.ListenerAction.forward([targetGroup]),
  });
  const cooldowns = { scaleOutCooldown: MINUTE, scaleInCooldown: FIVE_MINUTES };
  const scaling = service.autoScaleTaskCount({ minCapacity: 2, maxCapacity: 8 });
  scaling.scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: 60, ...cooldowns });
  scaling.scaleOnMemoryUtilization('Memory', { targetUtilizationPercent: 80, ...cooldowns });

  const felt = targetAlarms(part, id, loadBalancer, targetGroup);
  resource.addPropertyOverride('DeploymentConfiguration.Alarms', { AlarmNames: felt.map(({ alarmName }) => alarmName), Enable: true, Rollback: true });
  serviceAlarms(part, id, service);
}

function balancer(part: Construct, vpc: ec2.IVpc) {
  const bucket = new s3.Bucket(part, 'AccessLogs', {
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    encryption: s3.BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
    versioned: true,
    removalPolicy: RETAINED,
    lifecycleRules: [{
      abortIncompleteMultipartUploadAfter: Duration.days(7), expiration: Duration.days(365), noncurrentVersionExpiration: Duration.days(7),
    }],
  });
  const kinds = { access_logs: 'access', connection_logs: 'connections', health_check_logs: 'health-checks' };
  bucket.addToResourcePolicy(new iam.PolicyStatement({
    principals: [new iam.ServicePrincipal('logdelivery.elasticloadbalancing.amazonaws.com')],
    actions: ['s3:PutObject'],
    resources: Object.values(kinds).map((folder) => bucket.arnForObjects(`${folder}/AWSLogs/${Aws.ACCOUNT_ID}/*`)),
  }));
  const group = new ec2.SecurityGroup(part, 'BalancerGroup', { vpc, allowAllOutbound: false, description: 'The load balancer' });
  group.addIngressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(80), 'HTTP of visitors');
  const loadBalancer = new elbv2.ApplicationLoadBalancer(part, 'LoadBalancer', {
    vpc,
    internetFacing: true,
    ipAddressType: elbv2.IpAddressType.IPV4,
    securityGroup: group,
    deletionProtection: true,
    dropInvalidHeaderFields: true,
    desyncMitigationMode: elbv2.DesyncMitigationMode.STRICTEST,
    idleTimeout: Duration.seconds(60),
  });
  for (const [kind, folder] of Object.entries(kinds)) {
    loadBalancer.setAttribute(`${kind}.s3.enabled`, 'true');
    loadBalancer.setAttribute(`${kind}.s3.bucket`, bucket.bucketName);
    loadBalancer.setAttribute(`${kind}.s3.prefix`, folder);
  }
  (loadBalancer.node.defaultChild as CfnResource).node.addDependency(bucket.policy!);
  const listener = loadBalancer.addListener('Http', {
    port: 80,
    protocol: elbv2.ApplicationProtocol.HTTP,
    open: false,
    defaultAction: elbv2.ListenerAction.fixedResponse(404, { contentType: 'text/plain', messageBody: 'Resource not found' }),
  });
  new cloudwatch.Alarm(part, 'BalancerErrorsAlarm', {
    alarmDescription: 'the load balancer answers with errors',
    metric: shareOfErrors(loadBalancer.metrics.httpCodeElb(elbv2.HttpCodeElb.ELB_5XX_COUNT), loadBalancer.metrics.requestCount()),
    threshold: 5,
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    evaluationPeriods: 1,
    ...NOT_BREACHING,
  });
  return { loadBalancer, listener };
}

function task(part: Construct) {
  const { account } = Stack.of(part);
  const logGroup = new logs.LogGroup(part, 'Logs', { retention: logs.RetentionDays.ONE_YEAR, removalPolicy: RETAINED });
  const conditions = {
    ArnLike: { 'aws:SourceArn': Stack.of(part).formatArn({ service: 'ecs', resource: '*', arnFormat: ArnFormat.NO_RESOURCE_NAME }) },
    StringEquals: { 'aws:SourceAccount': account },
  };
  const taskDefinition = new ecs.FargateTaskDefinition(part, 'Task', {
    cpu: 256,
    memoryLimitMiB: 512,
    runtimePlatform: { operatingSystemFamily: ecs.OperatingSystemFamily.LINUX, cpuArchitecture: ecs.CpuArchitecture.X86_64 },
    taskRole: new iam.Role(part, 'TaskRole', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com', { conditions }) }),
    executionRole: new iam.Role(part, 'ExecutionRole', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') }),
  });
  const linuxParameters = new ecs.LinuxParameters(part, 'LinuxParameters', { initProcessEnabled: true });
  const { RW, EXEC, NODEV, NOSUID } = ecs.TmpfsMountOption;
  linuxParameters.dropCapabilities(ecs.Capability.ALL);
  linuxParameters.addTmpfs({ containerPath: '/tmp', size: 64, mountOptions: [RW, EXEC, NODEV, NOSUID] });
  taskDefinition.addContainer('Container', {
    containerName: 'app',
    image: ecs.ContainerImage.fromRegistry('example/web:1.4.0'),
    essential: true,
    privileged: false,
    readonlyRootFilesystem: true,
    linuxParameters,
    stopTimeout: Duration.seconds(30),
    portMappings: [{ name: 'app', containerPort: 80 }],
    systemControls: [{ namespace: 'net.ipv4.ip_unprivileged_port_start', value: '0' }],
    logging: ecs.LogDrivers.awsLogs({ logGroup, streamPrefix: 'task', mode: ecs.AwsLogDriverMode.NON_BLOCKING, maxBufferSize: Size.mebibytes(25) }),
  });
  return { taskDefinition, logGroup };
}

function targetAlarms(
  part: Construct, id: string, loadBalancer: elbv2.ApplicationLoadBalancer, targetGroup: elbv2.ApplicationTargetGroup,
): cloudwatch.Alarm[] {
  const dimensionsMap = { LoadBalancer: loadBalancer.loadBalancerFullName, TargetGroup: targetGroup.targetGroupFullName };
  const metric = (metricName: string, statistic: string, period: Duration) =>
    new cloudwatch.Metric({ namespace: 'AWS/ApplicationELB', metricName, dimensionsMap, statistic, period });
  return [
    new cloudwatch.Alarm(part, 'TargetErrorsAlarm', {
      alarmDescription: `${id}: answers are errors`,
      metric: shareOfErrors(metric('HTTPCode_Target_5XX_Count', 'Sum', FIVE_MINUTES), metric('RequestCount', 'Sum', FIVE_MINUTES)),
      threshold: 5,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
      ...NOT_BREACHING,
    }),
    new cloudwatch.Alarm(part, 'SlowAlarm', {
      alarmDescription: `${id}: requests take too long`,
      metric: new cloudwatch.MathExpression({
        expression: 'IF(requests >= 20, seconds, 0)',
        usingMetrics: { requests: metric('RequestCount', 'Sum', MINUTE), seconds: metric('TargetResponseTime', 'p99', MINUTE) },
        label: 'p99 in seconds',
        period: MINUTE,
      }),
      threshold: 5,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 5,
      ...NOT_BREACHING,
    }),
    new cloudwatch.Alarm(part, 'UnhealthyAlarm', {
      alarmDescription: `${id}: a task fails its health checks`,
      metric: metric('UnHealthyHostCount', 'Maximum', MINUTE),
      threshold: 1,
      evaluationPeriods: 6,
      ...NOT_BREACHING,
    }),
  ];
}

function serviceAlarms(part: Construct, id: string, service: ecs.FargateService): void {
  const dimensionsMap = { ClusterName: service.cluster.clusterName, ServiceName: service.serviceName };
  const count = (metricName: string) => new cloudwatch.Metric({ namespace: 'ECS/ContainerInsights', metricName, dimensionsMap, period: FIVE_MINUTES });
  new cloudwatch.Alarm(part, 'BelowDesiredAlarm', {
    alarmDescription: `${id}: fewer tasks run than should`,
    metric: new cloudwatch.MathExpression({
      expression: 'desired - running',
      usingMetrics: { desired: count('DesiredTaskCount'), running: count('RunningTaskCount') },
      label: 'missing tasks',
      period: FIVE_MINUTES,
    }),
    threshold: 0.5,
    evaluationPeriods: 3,
    ...NOT_BREACHING,
  });
  const rule = new events.Rule(part, 'DeploymentFailedRule', {
    description: `Counts failed deployments of ${id}`,
    eventPattern: {
      source: ['aws.ecs'],
      detailType: ['ECS Deployment State Change'],
      resources: [service.serviceArn],
      detail: { eventName: ['SERVICE_DEPLOYMENT_FAILED'] },
    },
  });
  new cloudwatch.Alarm(part, 'DeploymentFailedAlarm', {
    alarmDescription: `${id}: a deployment failed`,
    metric: new cloudwatch.Metric({
      namespace: 'AWS/Events', metricName: 'TriggeredRules', dimensionsMap: { RuleName: rule.ruleName }, statistic: 'Sum', period: FIVE_MINUTES,
    }),
    threshold: 1,
    evaluationPeriods: 1,
    ...NOT_BREACHING,
  });
  const average = { period: FIVE_MINUTES, statistic: 'Average' };
  const high = { comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD, evaluationPeriods: 3, ...NOT_BREACHING };
  new cloudwatch.Alarm(part, 'CpuAlarm', { alarmDescription: `${id}: CPU`, metric: service.metricCpuUtilization(average), threshold: 80, ...high });
  new cloudwatch.Alarm(part, 'MemoryAlarm', { alarmDescription: `${id}: memory`, metric: service.metricMemoryUtilization(average), threshold: 90, ...high });
}

function shareOfErrors(errors: cloudwatch.IMetric, requests: cloudwatch.IMetric): cloudwatch.MathExpression {
  return new cloudwatch.MathExpression({
    expression: 'IF(errors >= 10, 100 * errors / MAX([errors, requests]), 0)', usingMetrics: { errors, requests }, label: 'share of errors', period: FIVE_MINUTES,
  });
}
