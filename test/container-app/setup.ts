import { App, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Construct, DependencyGroup } from 'constructs';
import { appCluster } from '../../src/container-app/private/cluster';
import { ContainerTask, containerTask, ContainerTaskProps } from '../../src/container-app/private/container-task';
import { AppContext } from '../../src/container-app/private/fargate-service';

export const IMAGE = ecs.ContainerImage.fromRegistry('example/web:1.4.0');

/** A stack with one part of an app in it, called `App/Web`. */
export class Part {
  public readonly stack: Stack;
  public readonly scope: Construct;

  constructor(context: Record<string, unknown> = {}) {
    this.stack = new Stack(new App({ context }), 'Stack');
    this.scope = new Construct(new Construct(this.stack, 'App'), 'Web');
  }

  public task(props: Partial<ContainerTaskProps> = {}): ContainerTask {
    return containerTask(this.scope, Object.freeze({ image: IMAGE, ...props }));
  }

  public context(given: Partial<AppContext> = {}): AppContext {
    const vpc = given.vpc ?? new ec2.Vpc(this.stack, 'Vpc', { natGateways: 1 });
    return { vpc, cluster: given.cluster ?? appCluster(this.scope.node.scope as Construct, vpc), deployTasks: new DependencyGroup(), ...given };
  }

  public get template(): Template {
    return Template.fromStack(this.stack);
  }

  public warnings(): string[] {
    return Annotations.fromStack(this.stack).findWarning('*', Match.anyValue()).map(({ entry }) => entry.data as string);
  }
}

/** The first container of the one task definition. */
export function containerOf(template: Template, index = 0): Record<string, any> {
  const [taskDefinition] = Object.values(template.findResources('AWS::ECS::TaskDefinition'));
  return taskDefinition.Properties.ContainerDefinitions[index];
}
