import { Fn, Stack, Token } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import { smallApp } from './small-app';
import { scaleOnLoad, scaleOutOnLoad, taskLimits } from '../../src/container-app/private/web-scaling';
import { StageProfile } from '../../src/stage';

function limits(props: Parameters<typeof taskLimits>[1], profile = StageProfile.production(), least?: Parameters<typeof taskLimits>[2]) {
  const stack = new Stack(undefined, 'Stack');
  profile.applyTo(stack);
  return taskLimits(new Construct(stack, 'Web'), props, least);
}

describe('the numbers of tasks', () => {
  test('are those of the profile, and four times as many or four', () => {
    expect(limits({})).toEqual({ minimumTasks: 2, maximumTasks: 8 });
    expect(limits({}, StageProfile.ephemeral())).toEqual({ minimumTasks: 1, maximumTasks: 4 });
    expect(limits({ minimumTasks: 3 })).toEqual({ minimumTasks: 3, maximumTasks: 12 });
    expect(limits({ minimumTasks: 0 }, undefined, { leastTasks: 0 })).toEqual({ minimumTasks: 0, maximumTasks: 4 });
  });

  test('are those that are given', () => {
    expect(limits({ minimumTasks: 5, maximumTasks: 5 })).toEqual({ minimumTasks: 5, maximumTasks: 5 });
    expect(limits({ maximumTasks: 2 })).toEqual({ minimumTasks: 2, maximumTasks: 2 });
  });

  test.each<[Parameters<typeof taskLimits>[1], string]>([
    [{ minimumTasks: 0 }, "Stack/Web: 'minimumTasks' must be a whole number at least 1, got 0"],
    [{ minimumTasks: 1.5 }, "'minimumTasks' must be a whole number at least 1, got 1.5"],
    [{ maximumTasks: 1 }, "'maximumTasks' must be a whole number at least 2, got 1: 'minimumTasks' is 2"],
    [{ minimumTasks: 4, maximumTasks: 3 }, "'maximumTasks' must be a whole number at least 4, got 3: 'minimumTasks' is 4"],
    [{ targetCpuPercent: 0 }, "'targetCpuPercent' must be a whole number of percent between 1 and 100, got 0"],
    [{ targetCpuPercent: 101 }, "'targetCpuPercent' must be a whole number of percent between 1 and 100, got 101"],
    [{ targetMemoryPercent: 0 }, "'targetMemoryPercent' must be a whole number of percent between 1 and 100, got 0"],
    [{ targetMemoryPercent: 101 }, "'targetMemoryPercent' must be a whole number of percent between 1 and 100, got 101"],
    [{ minimumTasks: Token.asNumber(Fn.ref('Least')) }, "the default of 'maximumTasks' depends on it: give 'maximumTasks', too"],
  ])('%j is refused', (props, message) => {
    expect(() => limits(props)).toThrow(message);
  });

  test('say what fewer tasks would need', () => {
    expect(() => limits({ minimumTasks: 0 }, undefined, { hint: 'only a worker can' })).toThrow('at least 1, got 0: only a worker can');
  });

  test('may be tokens', () => {
    const token = Token.asNumber(Fn.ref('Least'));
    expect(limits({ minimumTasks: token, maximumTasks: 3, targetCpuPercent: token })).toEqual({ minimumTasks: token, maximumTasks: 3 });
  });
});

function service() {
  const { stack, context } = smallApp();
  const taskDefinition = new ecs.FargateTaskDefinition(stack, 'Task');
  taskDefinition.addContainer('app', { image: ecs.ContainerImage.fromRegistry('example/web:1.4.0'), portMappings: [{ containerPort: 80 }] });
  const web = new ecs.FargateService(stack, 'Web', { cluster: context.cluster, taskDefinition });
  return { stack, context, web, scaling: web.autoScaleTaskCount({ maxCapacity: 4 }) };
}

function policies(stack: Stack) {
  return Object.values(Template.fromStack(stack).findResources('AWS::ApplicationAutoScaling::ScalingPolicy')).map(({ Properties }) => {
    const { TargetValue, PredefinedMetricSpecification, ...others } = Properties.TargetTrackingScalingPolicyConfiguration;
    return [PredefinedMetricSpecification.PredefinedMetricType, TargetValue, others];
  });
}

const cooldowns = { ScaleInCooldown: 300, ScaleOutCooldown: 60 };

test('a service scales on CPU and memory', () => {
  const { stack, scaling } = service();
  scaleOnLoad(scaling, {});
  expect(policies(stack)).toEqual([['ECSServiceAverageCPUUtilization', 60, cooldowns], ['ECSServiceAverageMemoryUtilization', 80, cooldowns]]);
});

test('a service scales on what is given, and on the requests that its target group gets', () => {
  const { stack, context, web, scaling } = service();
  const loadBalancer = new elbv2.ApplicationLoadBalancer(stack, 'Balancer', { vpc: context.vpc });
  const targetGroup = loadBalancer.addListener('Http', { port: 80 }).addTargets('Web', { port: 80, targets: [web] });
  scaleOnLoad(scaling, { targetCpuPercent: 40, targetMemoryPercent: 70, requests: { perTarget: 500, targetGroup } });
  expect(policies(stack)).toEqual([
    ['ECSServiceAverageCPUUtilization', 40, cooldowns], ['ECSServiceAverageMemoryUtilization', 70, cooldowns], ['ALBRequestCountPerTarget', 500, cooldowns],
  ]);
  const [label] = Object.values(Template.fromStack(stack).findResources('AWS::ApplicationAutoScaling::ScalingPolicy'))
    .flatMap(({ Properties }) => Properties.TargetTrackingScalingPolicyConfiguration.PredefinedMetricSpecification.ResourceLabel ?? []);
  expect(JSON.stringify(label)).toMatch(/TargetGroupFullName/);
});

describe('a worker of a queue', () => {
  test('scales on its load only where that is asked for', () => {
    const { stack, scaling } = service();
    scaleOutOnLoad(scaling, {});
    expect(policies(stack)).toEqual([]);
  });

  test('then only gets tasks: an idle one would never be the last that goes', () => {
    const { stack, scaling } = service();
    scaleOutOnLoad(scaling, { targetCpuPercent: 50, targetMemoryPercent: 75 });
    const onlyOut = { ...cooldowns, DisableScaleIn: true };
    expect(policies(stack)).toEqual([['ECSServiceAverageCPUUtilization', 50, onlyOut], ['ECSServiceAverageMemoryUtilization', 75, onlyOut]]);
  });
});
