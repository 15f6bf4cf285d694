import { App, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Construct, DependencyGroup, IDependable } from 'constructs';
import { BindingTarget } from '../../src';
import { InternalService } from '../../src/container-app/internal-service';
import { InternalServiceProps } from '../../src/container-app/internal-service-props';
import { containerTask } from '../../src/container-app/private/container-task';
import { AppContext, fargateService } from '../../src/container-app/private/fargate-service';
import { ServiceNames } from '../../src/container-app/private/service-names';

const IMAGE = ecs.ContainerImage.fromRegistry('example/app:1.4.0');

/** The network, the cluster and the names of an app: what its services are made in. */
export class SmallApp {
  public readonly stack: Stack;
  public readonly app: Construct;
  public readonly context: AppContext;
  public readonly names: ServiceNames;

  constructor(stack = new Stack(new App(), 'Stack'), id = 'App', deployTasks: IDependable = new DependencyGroup()) {
    this.stack = stack;
    this.app = new Construct(stack, id);
    const vpc = stack.node.tryFindChild('Network') as ec2.Vpc | undefined ?? new ec2.Vpc(stack, 'Network', { maxAzs: 2, natGateways: 1 });
    this.context = { vpc, cluster: new ecs.Cluster(this.app, 'Cluster', { vpc }), deployTasks };
    this.names = new ServiceNames(this.app, vpc);
  }

  internal(id: string, props: Partial<InternalServiceProps> = {}): InternalService {
    return InternalService._create(this.app, id, {
      app: this.context, names: this.names, image: IMAGE, props: { name: id.toLowerCase(), port: 9200, ...props },
    });
  }

  /** A service that uses others, as a web service or a worker does. */
  client(id: string, port?: number) {
    const scope = new Construct(this.app, id);
    const task = containerTask(scope, { image: IMAGE, port });
    const { service } = fargateService(scope, { app: this.context, task, minimumTasks: 1 });
    return { ...task, service, target: BindingTarget.container(task.container, service) };
  }

  /** A task that no service runs. */
  task(id: string) {
    const scope = new Construct(this.app, id);
    const task = containerTask(scope, { image: IMAGE });
    const securityGroup = new ec2.SecurityGroup(scope, 'SecurityGroup', { vpc: this.context.vpc });
    return { ...task, securityGroup, target: BindingTarget.container(task.container, securityGroup) };
  }
}

/** The template's name of the resource of a construct. */
export function idOf(stack: Stack, construct: Construct): string {
  return stack.resolve((construct.node.defaultChild as any).logicalId);
}
