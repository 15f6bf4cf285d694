interface Unproven {
  /** What AWS does, for all that we know. */
  readonly belief: string;
  /** What we see where it does otherwise. */
  readonly otherwise: string;
}

/** By construct: what no check here can tell, as AWS documents it not at all, or not for this case. Sources stand beside the code. */
export const UNPROVEN: Record<string, Unproven[]> = {
  ContainerAppWithAlb: [
    {
      belief: 'Fargate takes a capacity provider with a base and a weight of 0 beside Fargate Spot (`ServiceCapacity.fargateSpot()`)',
      otherwise: 'the service is not created, with ECS\'s reason',
    },
    { belief: 'Fargate mounts `writablePaths` with the options that the ECS API lists (`rw`, `exec`, `nodev`, `nosuid`)', otherwise: 'tasks do not start, and the deployment fails' },
    { belief: 'the kernel setting for ports below 1024 lets a process without capabilities listen there on Fargate', otherwise: 'tasks end at once with "permission denied"; set `port` to 1024 or more' },
    { belief: 'ECS Exec works in a container without capabilities; it never ran here, not even in containers', otherwise: 'the session does not start; set `keepCapabilities`' },
    {
      belief: 'the log router of `ContainerLogs.fireLens()` runs with a read-only root file system and without capabilities; it never ran here, not even in containers',
      otherwise: 'tasks do not start, and the deployment fails',
    },
    { belief: 'metric math of a scaling policy has a value while one of its metrics is missing, and Application Auto Scaling takes `IF` and `FILL`; nothing scales here', otherwise: 'a worker starts its first task on the age of messages, after `acceptableAge`' },
    { belief: 'ECS waits three minutes at the end of a deployment of a web service: the longest evaluation of the alarms that roll it back', otherwise: 'a deployment takes longer, or watches for a shorter time' },
    { belief: 'EventBridge counts a rule without targets in `TriggeredRules`', otherwise: '`DeploymentFailedAlarm` never fires; CloudFormation, `BelowDesiredAlarm` and the events of the service still report a failed deployment' },
    { belief: 'Step Functions calls a throttled or denied RunTask as its users report', otherwise: 'the deployment fails at once with the reason, in place of after three more tries' },
    { belief: 'CloudFront accepts the certificate of the load balancer while it forwards the Host header of visitors', otherwise: 'pages behind the CDN answer 502' },
    { belief: 'ECS deletes its Cloud Map service before CloudFormation deletes the namespace', otherwise: 'deleting the stack fails at the namespace; delete it again' },
    { belief: 'EFS gives up the lock of a task that was killed before the next one gives up', otherwise: 'the next task of an internal service with data restarts until it has the lock' },
  ],
};
