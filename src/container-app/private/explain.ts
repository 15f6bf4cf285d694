import { CfnResource, Stack } from 'aws-cdk-lib';
import type { CfnScalableTarget } from 'aws-cdk-lib/aws-applicationautoscaling';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';
import { DeployTask } from '../deploy-task';

interface Route {
  readonly priority: number;
  /** In words. */
  readonly conditions: string;
  /** The path of the service. */
  readonly target: string;
}

interface Part extends Construct {
  readonly taskDefinition: ecs.FargateTaskDefinition;
  readonly service?: ecs.FargateService;
}

export function explain(url: string, routes: Route[], parts: Part[]): string {
  return [
    `The app is at ${url}. A request goes to the first rule that matches, and gets a 404 where none does.`,
    '',
    '| priority | requests | go to |', '| --- | --- | --- |',
    ...[...routes].sort((one, other) => one.priority - other.priority).map(({ priority, conditions, target }) => `| ${priority} | ${conditions} | ${target} |`),
    '',
    '| name | runs | CPU units | memory (MiB) |', '| --- | --- | --- | --- |',
    ...parts.map((part) => `| ${part.node.id} | ${runs(part)} | ${part.taskDefinition.cpu} | ${part.taskDefinition.memoryMiB} |`),
  ].join('\n');
}

function runs(part: Part): string {
  if (!part.service) return part instanceof DeployTask ? 'once, before a new version' : 'on a schedule';
  const resources = part.service.node.findAll().filter(CfnResource.isCfnResource);
  const target = resources.find(({ cfnResourceType }) => cfnResourceType === 'AWS::ApplicationAutoScaling::ScalableTarget') as CfnScalableTarget | undefined;
  if (target) return `${inWords(target.minCapacity)} to ${inWords(target.maxCapacity)} tasks`;
  const { desiredCount = 1 } = part.service.node.defaultChild as ecs.CfnService;
  return desiredCount === 1 ? '1 task' : `${inWords(desiredCount)} tasks`;

  function inWords(count: number): string {
    return `${Stack.of(part).resolve(count)}`;
  }
}
