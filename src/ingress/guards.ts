import { DEPLOYMENT_FUNCTION_OWN_PROPS } from '../shared/deployment-function';
import { OwnProps, SealedProperties } from '../shared/guards';
import { PRIVATE_BUCKET_OWN_PROPS, PRIVATE_BUCKET_SEALED } from '../shared/private-bucket';

/** What the guarantees of a load balancer rest on. */
export const ALB_INGRESS_SEALED: SealedProperties = {
  ...PRIVATE_BUCKET_SEALED,
  'AWS::EC2::SecurityGroup': { refuse: ['securityGroupEgress', 'securityGroupIngress'] },
  'AWS::ElasticLoadBalancingV2::Listener': { refuse: ['certificates', 'port', 'protocol', 'sslPolicy'], warn: ['defaultActions'] },
  'AWS::ElasticLoadBalancingV2::ListenerRule': { refuse: ['conditions'], warn: ['actions', 'priority'] },
  'AWS::ElasticLoadBalancingV2::LoadBalancer': { refuse: ['scheme', 'securityGroups'], warn: ['ipAddressType', 'loadBalancerAttributes', 'subnets'] },
  'AWS::ElasticLoadBalancingV2::TargetGroup': {
    warn: [
      'healthCheckIntervalSeconds', 'healthCheckPath', 'healthCheckTimeoutSeconds', 'healthyThresholdCount', 'matcher', 'port', 'protocol', 'targetGroupAttributes',
      'unhealthyThresholdCount',
    ],
  },
};

const RECORD = ['deleteExisting', 'geoLocation', 'multiValueAnswer', 'region', 'setIdentifier', 'weight'];

/** What injectors may not add, where a load balancer says nothing. */
export const ALB_INGRESS_OWN_PROPS: OwnProps = {
  ...DEPLOYMENT_FUNCTION_OWN_PROPS,
  ...PRIVATE_BUCKET_OWN_PROPS,
  'aws-cdk-lib.aws-certificatemanager.Certificate': ['subjectAlternativeNames', 'validation', 'certificateName', 'keyAlgorithm'],
  'aws-cdk-lib.aws-ec2.SecurityGroup': ['allowAllIpv6Outbound', 'disableInlineRules', 'securityGroupName'],
  'aws-cdk-lib.aws-elasticloadbalancingv2.ApplicationListener': ['certificateArns', 'certificates', 'defaultTargetGroups', 'mutualAuthentication', 'sslPolicy'],
  'aws-cdk-lib.aws-elasticloadbalancingv2.ApplicationLoadBalancer': [
    'crossZoneEnabled', 'denyAllIgwTraffic', 'loadBalancerName', 'wafFailOpen', 'xffHeaderProcessingMode',
  ],
  'aws-cdk-lib.aws-elasticloadbalancingv2.ApplicationTargetGroup': [
    'deregistrationDelay', 'enableAnomalyMitigation', 'ipAddressType', 'loadBalancingAlgorithmType', 'multiValueHeadersEnabled', 'protocolVersion', 'slowStart',
    'stickinessCookieDuration', 'stickinessCookieName', 'targetGroupName', 'targetType',
  ],
  'aws-cdk-lib.aws-route53.AaaaRecord': RECORD,
  'aws-cdk-lib.aws-route53.ARecord': RECORD,
};
