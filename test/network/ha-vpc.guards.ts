import { CfnAutoScalingGroup } from 'aws-cdk-lib/aws-autoscaling';
import { CfnFlowLog, CfnLaunchTemplate, CfnNetworkInterface, CfnSubnet, Vpc } from 'aws-cdk-lib/aws-ec2';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import { Change, Injection, inVariant, ResourceChange } from '../checks/guard';

const launching = (data: CfnLaunchTemplate.LaunchTemplateDataProperty) => new ResourceChange(CfnLaunchTemplate, (template) => {
  template.launchTemplateData = { ...template.launchTemplateData as CfnLaunchTemplate.LaunchTemplateDataProperty, ...data };
});

export const CHANGES: Change[] = [
  ...inVariant<Change>('HaVpc', [
    { what: 'gives public addresses in all subnets', change: new ResourceChange(CfnSubnet, (subnet) => subnet.mapPublicIpOnLaunch = true), property: 'mapPublicIpOnLaunch' },
    { what: 'logs rejected traffic only', change: new ResourceChange(CfnFlowLog, (log) => log.trafficType = 'REJECT'), property: 'trafficType', isWarning: true },
    { what: 'keeps flow logs for another time', change: new ResourceChange(CfnLogGroup, (group) => group.retentionInDays = 7), property: 'retentionInDays', isWarning: true },
  ]),
  ...inVariant<Change>('HaVpc-instances', [
    { what: 'allows the first version of the metadata service', change: launching({ metadataOptions: { httpTokens: 'optional' } }), property: 'metadataOptions' },
    { what: 'launches other instances', change: launching({ instanceType: 't3.nano' }), property: 'launchTemplateData', isWarning: true },
    { what: 'stops the replacement of instances', change: new ResourceChange(CfnAutoScalingGroup, (group) => group.minSize = '0'), property: 'minSize', isWarning: true },
    { what: 'changes who reaches instances', change: new ResourceChange(CfnNetworkInterface, (one) => one.groupSet = ['sg-12345678']), property: 'groupSet' },
  ]),
];

export const INJECTIONS: Injection[] = [
  ...inVariant<Injection>('HaVpc', [
    { what: 'networks without DNS', of: Vpc, props: () => ({ enableDnsHostnames: false, enableDnsSupport: false }) },
  ]),
];
