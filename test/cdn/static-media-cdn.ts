import { App, Environment, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { StaticMediaCdn, StaticMediaCdnProps } from '../../src';

export const CERTIFICATE_ARN = 'arn:aws:acm:us-east-1:123456789012:certificate/1';
export const DOMAINS = { appDomain: 'demo.example.education', domainName: 'cdn.example.education' };

export function build(props: StaticMediaCdnProps | ((stack: Stack) => StaticMediaCdnProps) = {}, env?: Environment) {
  const stack = new Stack(new App(), 'Stack', { env });
  const subject = new StaticMediaCdn(stack, 'Subject', typeof props === 'function' ? props(stack) : props);
  return { stack, subject };
}

export const synth = (...parameters: Parameters<typeof build>): Template => Template.fromStack(build(...parameters).stack);
export const inRegion = (region: string): Environment => ({ account: '123456789012', region });
export const zone = (stack: Stack) => HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z1', zoneName: 'example.education' });
export const role = (stack: Stack, id = 'App') => new Role(stack, id, { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });

/** The configuration of the only distribution. */
export function configOf(template: Template): any {
  const [distribution] = Object.values(template.findResources('AWS::CloudFront::Distribution'));
  return distribution.Properties.DistributionConfig;
}

/** What the template has under a reference. */
export function referred(template: Template, { Ref }: { Ref: string }): any {
  return template.toJSON().Resources[Ref].Properties;
}

export function statements(template: Template, idPrefix: string): any[] {
  const resources: [string, any][] = Object.entries(template.toJSON().Resources);
  return resources.filter(([id, { Properties }]) => id.startsWith(idPrefix) && (Properties?.PolicyDocument ?? Properties?.KeyPolicy))
    .flatMap(([, { Properties }]) => (Properties.PolicyDocument ?? Properties.KeyPolicy).Statement);
}

/** A bucket by the start of its id. */
export function bucket(template: Template, idPrefix: string): any {
  return Object.entries(template.findResources('AWS::S3::Bucket')).find(([id]) => id.startsWith(idPrefix))?.[1];
}

export const isThisDistribution = { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':cloudfront::', { Ref: 'AWS::AccountId' }, ':distribution/', { Ref: expect.stringMatching(/^SubjectDistribution/) }]] };
