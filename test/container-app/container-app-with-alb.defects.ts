import { CfnResource, RemovalPolicy } from 'aws-cdk-lib';
import { inFile, SourceDefect } from '../mutations/source-defect';
import { override, TemplateDefect, unset } from '../mutations/template-defect';

export const TEMPLATE_DEFECTS: TemplateDefect[] = [
  { name: 'the data of an internal service is not encrypted', variant: 'ContainerAppWithAlb-search', at: 'Search/Data/FileSystem/Resource', change: override('Encrypted', false) },
  {
    name: 'the data of an internal service goes with its stack',
    variant: 'ContainerAppWithAlb-search',
    at: 'Search/Data/FileSystem/Resource',
    change: (files: CfnResource) => files.applyRemovalPolicy(RemovalPolicy.DESTROY),
  },
  {
    name: 'the logical id of a file system moves',
    variant: 'ContainerAppWithAlb-search',
    at: 'Search/Data/FileSystem/Resource',
    change: (files: CfnResource) => files.overrideLogicalId('Moved'),
  },
  { name: 'an alarm of a web service tells nobody', variant: 'ContainerAppWithAlb-worker', at: 'Web/CpuAlarm/Resource', change: unset('alarmActions') },
  { name: 'a target group has a fixed name', variant: 'ContainerAppWithAlb', at: 'Web/Route/TargetGroup/Resource', change: override('Name', 'web') },
  { name: 'a health check is asked for more often than it may be', variant: 'ContainerAppWithAlb', at: 'Web/Route/TargetGroup/Resource', change: override('HealthCheckIntervalSeconds', 1) },
];

export const SOURCE_DEFECTS: SourceDefect[] = [
  ...inFile('src/container-app/container-app-with-alb.ts', [
    { name: 'deploy tasks do not get what the web service uses', test: 'test/container-app/contract.test.ts', find: 'if (task._inheritsSettings) ', replace: 'if (false as boolean) ' },
    { name: 'the alarms of an app reach nobody', test: 'test/container-app/container-app-with-alb.test.ts', find: "if ('alarms' in part) notifyOrWarn(this, part.alarms, this.alarmTopic);", replace: '' },
    { name: 'a setting that is required may be missing', test: 'test/container-app/container-app-with-alb.test.ts', find: 'validate: () => missingSettings(part, requires)', replace: 'validate: () => []' },
  ]),
  ...inFile('src/container-app/private/from-compose.ts', [
    { name: 'data of a compose file stay as the profile says', test: 'test/container-app/from-compose.test.ts', find: 'removalPolicy: data && removalPolicy', replace: 'removalPolicy: undefined' },
  ]),
  ...inFile('src/container-app/private/cluster.ts', [
    { name: 'logs of sessions stay as the profile says', test: 'test/container-app/container-app-with-alb.test.ts', find: 'ofApp.logRetention ?? profile.logRetention', replace: 'profile.logRetention' },
  ]),
];
