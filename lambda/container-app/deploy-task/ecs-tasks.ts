import { DescribeTasksCommand, ECSClient, paginateListTasks, StopTaskCommand } from '@aws-sdk/client-ecs';
import type { Tasks, TaskState } from './stop-tasks';

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html */
const MOST_AT_ONCE = 100;

export class EcsTasks implements Tasks {
  constructor(private readonly ecs: ECSClient) {}

  /** What ECS is told to stop, it lists as STOPPED at once, although it runs on until it has stopped. */
  async list(cluster: string, family: string): Promise<TaskState[]> {
    const states: TaskState[] = [];
    for (const desiredStatus of ['RUNNING', 'STOPPED'] as const) {
      for await (const { taskArns = [] } of paginateListTasks({ client: this.ecs, pageSize: MOST_AT_ONCE }, { cluster, family, desiredStatus })) {
        if (taskArns.length === 0) continue;
        const { tasks = [] } = await this.ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns }));
        states.push(...tasks.map(({ taskArn, group, lastStatus }) => ({ arn: taskArn!, group: group ?? '', hasStopped: lastStatus === 'STOPPED' })));
      }
    }
    return states;
  }

  async stop(cluster: string, task: string, reason: string): Promise<void> {
    await this.ecs.send(new StopTaskCommand({ cluster, task, reason }));
  }
}
