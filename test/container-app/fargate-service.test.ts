import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Construct, DependencyGroup } from 'constructs';
import { appCluster } from '../../src/container-app/private/cluster';
import { containerTask } from '../../src/container-app/private/container-task';
import { fargateService } from '../../src/container-app/private/fargate-service';

test('a service', () => {
  const stack = new Stack(new App(), 'Stack');
  const vpc = new ec2.Vpc(stack, 'Vpc');
  const cluster = appCluster(stack, vpc);
  const scope = new Construct(stack, 'Web');
  const task = containerTask(scope, { image: ecs.ContainerImage.fromRegistry('nginx:1.29'), port: 80 });
  fargateService(scope, { app: { vpc, cluster, deployTasks: new DependencyGroup() }, task, minimumTasks: 1, maximumTasks: 4 });
  const t = Template.fromStack(stack).toJSON();
  console.log(JSON.stringify(Object.fromEntries(Object.entries(t.Resources).filter(([, r]: any) => !/EC2::(VPC|Sub|Nat|Route|Int|EIP)/.test(r.Type))), null, 1));
  expect(t).toBeDefined();
});
