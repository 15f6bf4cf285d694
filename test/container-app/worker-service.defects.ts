import { inFile, SourceDefect } from '../mutations/source-defect';
import { TemplateDefect } from '../mutations/template-defect';

export const TEMPLATE_DEFECTS: TemplateDefect[] = []; // those of the whole app stand beside its tests

export const SOURCE_DEFECTS: SourceDefect[] = [
  ...inFile('src/container-app/worker-service.ts', [
    { name: 'a worker may not work its queue', find: 'this.use(queue.workerBinding({}));', replace: '' },
    { name: 'a worker cannot scale to zero', find: 'queue ? { leastTasks: 0 } :', replace: 'queue ? {} :' },
    { name: 'a worker scales on the metrics of another region', find: 'if (queue) requireNear(scope, queue);', replace: '' },
    { name: 'a worker of a queue never scales to zero, as its CPU does not', find: 'scaleOutOnLoad(scaling!, props);', replace: 'scaleOnLoad(scaling!, props);' },
    { name: 'a long job makes its queue look slow', find: '? wait : wait + work', replace: '? wait : wait' },
  ]),
  ...inFile('src/container-app/private/backlog-scaling.ts', [
    { name: 'the first message never starts a task', find: 'load + ${perTask}, 0))`', replace: 'load, 0))`' },
    { name: 'messages in flight do not count, and their task is taken', find: 'SUM([visible, inflight])', replace: 'SUM([visible])' },
    { name: 'a single message is worth less than a task', find: 'IF(work > 0, ${perTask}, 0)', replace: 'IF(work > 0, work, 0)' },
    { name: 'tasks are added without end while the first starts', find: 'MAX([running, desired])', replace: 'MAX([running])' },
    { name: 'without a metric of tasks, none starts', find: "'FILL(MAX([running, desired]), 0)'", replace: "'MAX([running, desired])'" },
    { name: 'old messages add tasks ten at a time', find: 'scalingAdjustment: 1 }', replace: 'scalingAdjustment: 10 }' },
    { name: 'the alarm on old messages scales nothing', find: 'old.addAlarmAction({ bind: () => ({ alarmActionArn: policy.ref }) });', replace: 'void old;' },
  ]),
  ...inFile('src/container-app/private/web-scaling.ts', [
    { name: 'the number of tasks of the profile has no effect', find: 'minimumTasks = StageProfile.of(scope).minimumTasks', replace: 'minimumTasks = 1' },
    { name: 'a service never scales beyond its least tasks', find: 'maximumTasks: maximumTasks ?? Math.max(4 * minimumTasks, 4)', replace: 'maximumTasks: maximumTasks ?? minimumTasks' },
    { name: 'the CPU of a worker keeps its last task', find: ', disableScaleIn: true', replace: '' },
    { name: 'requests are not scaled on', find: "scaling.scaleOnRequestCount('Requests',", replace: "if (false as boolean) scaling.scaleOnRequestCount('Requests'," },
  ]),
  ...inFile('src/container-app/private/job-time.ts', [
    { name: 'a job that is done twice is not warned of', find: 'if (job > visible) {', replace: 'if (job > 10 * visible) {' },
    { name: 'a job that is killed is not warned of', find: 'if (job > stop) {', replace: 'if (job > 10 * stop) {' },
    { name: 'a worker may protect the tasks of all clusters', find: '${clusterName}/*', replace: '*' },
    { name: 'a job on Spot is not warned of', find: 'if (isOnSpot && job', replace: 'if (!isOnSpot && job' },
  ]),
  ...inFile('src/container-app/private/service-alarms.ts', [
    { name: 'no deployment is rolled back on what visitors feel', find: 'AlarmNames: alarms.map(({ alarmName }) => alarmName), Enable: true', replace: 'AlarmNames: [], Enable: false' },
    { name: 'deployments stay on an alarm', find: ', Rollback: true,', replace: ', Rollback: false,' },
    { name: 'failed deployments of any service ring', find: 'resources: [service.serviceArn],', replace: '' },
    { name: 'failed deployments ring by a metric that EventBridge has not for a rule', find: "metricName: 'TriggeredRules'", replace: "metricName: 'MatchedEvents'" },
    { name: 'a load balancer without targets rings nobody', find: 'MAX([errors, requests])', replace: 'requests' },
    { name: 'one error in a quiet night rings', find: 'const ERRORS_IN_A_MINUTE = 5;', replace: 'const ERRORS_IN_A_MINUTE = 1;' },
    { name: 'tasks that nobody can connect to ring nobody', find: "expression: 'SUM([answered, unreached])'", replace: "expression: 'SUM([answered])'" },
    { name: 'each deployment waits longer for its alarms', find: 'const WATCHED_MINUTES = 3;', replace: 'const WATCHED_MINUTES = 6;' },
    { name: 'one bad minute rolls a deployment back', find: 'datapointsToAlarm: 2,', replace: 'datapointsToAlarm: 1,' },
    { name: 'a task that crashes and starts again is not missed', find: 'atLeast: 0.5,', replace: 'atLeast: 1,' },
    { name: 'a slow start rings', find: ' + minutesOf(healthCheckGracePeriod), MINUTES', replace: ', MINUTES' },
    { name: 'memory rings where scaling keeps it', find: 'return Math.max(80, (target + 100) / 2);', replace: 'return Math.min(80, target);' },
    { name: 'an old message at work rings', find: "expression: 'IF(visible > 0, age, 0)'", replace: "expression: 'IF(visible > 0, age, age)'" },
  ]),
];
