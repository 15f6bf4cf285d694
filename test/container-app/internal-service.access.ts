import { App, Stack } from 'aws-cdk-lib';
import { AccessPoint } from 'aws-cdk-lib/aws-efs';
import { SmallApp } from './internal-app';
import { Actor, call, onBehalfOf, overPlainHttp, Scene, valuesOf } from '../checks/access-rules';
import { ACCOUNT, REGION } from '../checks/intrinsics';
import { ANYBODY, ROOT } from '../checks/policies';

/** A server with data, and another one that has data of its own. */
function searchWithData() {
  const app = new SmallApp(new Stack(new App(), 'Stack', { env: { account: ACCOUNT, region: REGION } }));
  const service = app.internal('Search', { dataPath: '/usr/share/elasticsearch/data', dataOwner: '1000:0' });
  const other = app.internal('Wiki', { dataPath: '/data' });
  return { app, service, other };
}

function data(): Scene {
  const { app: { stack }, service, other } = searchWithData();
  const { template, valueOf } = valuesOf(stack);
  const [fileSystem, otherFileSystem] = [service, other].map((one) => valueOf(one.fileSystem!.fileSystemArn));
  const [accessPoint, otherAccessPoint] = [service, other].map((one) => valueOf((one.fileSystem!.node.findChild('AccessPoint') as AccessPoint).accessPointArn));
  const elsewhere = accessPoint.replace(/[^/]+$/, 'fsap-00000000');
  const [task, otherTask] = [service, other].map((one, index) => new Actor(['the task', 'the other task'][index], valueOf(one.taskDefinition.taskRole.roleArn)));
  const starting = new Actor('ECS, which starts the task,', valueOf(service.taskDefinition.executionRole!.roleArn));
  // Who reaches the network interface of the file system, as a role of the account that is allowed everything, or as nobody.
  const account = new Actor('who is allowed everything', ROOT);
  const anybody = new Actor('anybody', ANYBODY);
  const by = (arn: string | undefined) => ({ 'elasticfilesystem:AccessPointArn': arn });
  const [MOUNT, WRITE, ROOT_ACCESS] = ['ClientMount', 'ClientWrite', 'ClientRootAccess'].map((action) => `elasticfilesystem:${action}`);

  return {
    name: 'InternalService with dataPath',
    template,
    rules: [
      ...([[task, fileSystem, accessPoint], [otherTask, otherFileSystem, otherAccessPoint]] as const).flatMap(([actor, own, its]) => [
        actor.may('mount its data', call(MOUNT, own, by(its))),
        actor.may('write its data', call(MOUNT, own, by(its)), call(WRITE, own, by(its))),
        actor.mayNot('be root', call(ROOT_ACCESS, own, by(its))),
        actor.mayNot('mount it without TLS', overPlainHttp(call(MOUNT, own, by(its)))),
        actor.mayNot('mount it by another access point', call(MOUNT, own, by(elsewhere))),
        actor.mayNot('write by another access point', call(WRITE, own, by(elsewhere))),
        actor.mayNot('mount all of it', call(MOUNT, own, by(undefined))),
      ]),
      otherTask.mayNot('mount what is not its own', call(MOUNT, fileSystem, by(accessPoint))),
      otherTask.mayNot('write what is not its own', call(WRITE, fileSystem, by(accessPoint))),
      otherTask.mayNot('mount what is not its own, by its own access point', call(MOUNT, fileSystem, by(otherAccessPoint))),
      task.mayNot('delete the file system', call('elasticfilesystem:DeleteFileSystem', fileSystem)),
      task.mayNot('change the policy', call('elasticfilesystem:PutFileSystemPolicy', fileSystem)),
      task.mayNot('create an access point', call('elasticfilesystem:CreateAccessPoint', fileSystem)),
      starting.mayNot('mount the data', call(MOUNT, fileSystem, by(accessPoint))),
      anybody.mayNot('mount the data without a name', call(MOUNT, fileSystem, by(accessPoint))),
      ...[fileSystem, otherFileSystem].flatMap((each) => [
        account.mayNot(`mount all of ${each}`, call(MOUNT, each, by(undefined))),
        account.mayNot(`write all of ${each}`, call(WRITE, each, by(undefined))),
        account.mayNot(`be root on ${each}`, call(ROOT_ACCESS, each, by(accessPoint))),
        ...[MOUNT, WRITE, ROOT_ACCESS].map((action) => account.mayNot(`${action} on ${each} without TLS`, overPlainHttp(call(action, each, by(accessPoint))))),
        account.may(`change the policy of ${each}`, call('elasticfilesystem:PutFileSystemPolicy', each)),
      ]),
      ...[service, other].flatMap(({ taskDefinition: { taskRole, executionRole }, logGroup }) => [
        ...[taskRole, executionRole!].map((role) => new Actor('ECS', ...onBehalfOf('ecs-tasks.amazonaws.com', `arn:aws:ecs:${REGION}:${ACCOUNT}:cluster/apps`)).may(`take ${role.node.path}`, call('sts:AssumeRole', valueOf(role.roleArn)))),
        ...['CreateLogStream', 'PutLogEvents'].map((action) =>
          new Actor('ECS', valueOf(executionRole!.roleArn)).may(`${action}`, call(`logs:${action}`, valueOf(logGroup.logGroupArn).replace(/\*$/, 'log-stream:x')))),
      ]),
    ],
  };
}

export const SCENES: Scene[] = [data()];
