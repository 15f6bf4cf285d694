import { Fn, Stack } from 'aws-cdk-lib';
import { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Distribution, OriginRequestPolicy } from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { build, CERTIFICATE_ARN, configOf, synth } from './static-media-cdn';
import { DefaultContent, StaticFiles, StaticMediaCdnProps } from '../../src';

type Domain = (stack: Stack) => string;

const PAGES = { staticFiles: StaticFiles.fromBucket(), defaultContent: DefaultContent.app() };
const withDomain = (domain: Domain, props: StaticMediaCdnProps = {}) => (stack: Stack) => ({ appDomain: domain(stack), ...props });
const ownDomain = (stack: Stack) => ({ domainName: 'www.example.org', certificate: Certificate.fromCertificateArn(stack, 'Certificate', CERTIFICATE_ARN) });

const url = (stack: Stack) => new LambdaFunction(stack, 'Web', { runtime: Runtime.NODEJS_24_X, handler: 'index.handler', code: Code.fromInline(' ') }).addFunctionUrl().url;
const hostOf = (address: string) => Fn.select(2, Fn.split('/', address));
const loadBalancer = (stack: Stack, internetFacing = true) => new ApplicationLoadBalancer(stack, 'Balancer', {
  internetFacing,
  vpc: Vpc.fromVpcAttributes(stack, 'Network', {
    vpcId: 'vpc-1', availabilityZones: ['a', 'b'], privateSubnetIds: ['subnet-1', 'subnet-2'], publicSubnetIds: ['subnet-3', 'subnet-4'],
  }),
});

describe('the website endpoint of a bucket, which speaks HTTP only, is refused', () => {
  test.each<[string, Domain]>([
    ['with a hyphen', () => 'site.s3-website-eu-west-1.amazonaws.com'],
    ['with a dot', () => 'site.s3-website.eu-central-1.amazonaws.com'],
    ['in China', () => 'site.s3-website.cn-north-1.amazonaws.com.cn'],
    ['of a bucket of the app', (stack) => new Bucket(stack, 'Site', { websiteIndexDocument: 'index.html' }).bucketWebsiteDomainName],
  ])('%s', (_, domain) => {
    const refusal = /^Stack\/Subject: 'appDomain' must speak HTTPS, got the website endpoint of an S3 bucket .*use StaticFiles\.fromBucket\(\)/;
    expect(() => build(withDomain(domain))).toThrow(refusal);
    expect(() => build(withDomain(domain, PAGES))).toThrow(refusal);
  });
});

describe('AWS\'s own name of a load balancer, for which there is no certificate,', () => {
  const DOMAINS: [string, Domain][] = [
    ['application', () => 'web-1234567890.eu-west-1.elb.amazonaws.com'],
    ['network', () => 'web-0123456789abcdef.elb.eu-west-1.amazonaws.com'],
    ['of the app', (stack) => loadBalancer(stack).loadBalancerDnsName],
  ];

  test.each(DOMAINS)('is refused where the CDN asks for static files: %s', (_, domain) => {
    expect(() => build(withDomain(domain))).toThrow(/^Stack\/Subject: 'appDomain' must be a domain that the app has a certificate for, got AWS's own name of a load balancer/);
    expect(() => build((stack) => ({ ...withDomain(domain)(stack), ...ownDomain(stack), defaultContent: DefaultContent.app() }))).toThrow(/certificate/);
  });

  test.each(DOMAINS)('serves pages where the CDN has a domain of its own, which it forwards: %s', (_, domain) => {
    const template = synth((stack) => ({ ...withDomain(domain, PAGES)(stack), ...ownDomain(stack) }));
    expect(configOf(template).DefaultCacheBehavior.OriginRequestPolicyId).toBe(OriginRequestPolicy.ALL_VIEWER.originRequestPolicyId);
    expect(() => build(withDomain(domain, PAGES))).toThrow(/certificate/);
  });
});

describe('AWS\'s own name of something else without a certificate', () => {
  const OWN_NAMES: [string, string][] = [
    ['an Elastic Beanstalk environment', 'web.eba-abc123.eu-west-1.elasticbeanstalk.com'],
    ['an EC2 instance', 'ec2-203-0-113-25.eu-west-1.compute.amazonaws.com'],
    ['an EC2 instance', 'ec2-203-0-113-25.compute-1.amazonaws.com'],
    ['a Global Accelerator', 'a1234567890abcdef.awsglobalaccelerator.com'],
  ];

  test.each(OWN_NAMES)('is refused, but for pages with a domain of their own: %s, %s', (what, domain) => {
    expect(() => build(withDomain(() => domain))).toThrow(`Stack/Subject: 'appDomain' must be a domain that the app has a certificate for, got AWS's own name of ${what} ${domain}, for which there is none`);
    expect(() => build(withDomain(() => domain, PAGES))).toThrow(`AWS's own name of ${what}`);
    expect(() => build((stack) => ({ ...withDomain(() => domain, PAGES)(stack), ...ownDomain(stack) }))).not.toThrow();
  });
});

describe('a domain that nobody reaches from the internet is refused', () => {
  const pages = (domain: Domain) => (stack: Stack) => ({ ...withDomain(domain, PAGES)(stack), ...ownDomain(stack) });

  test.each<[string, Domain]>([
    ['an internal load balancer', () => 'internal-web-1234567890.eu-west-1.elb.amazonaws.com'],
    ['an internal network load balancer', () => 'internal-web-0123456789abcdef.elb.eu-west-1.amazonaws.com'],
    ['an internal load balancer of the app', (stack) => loadBalancer(stack, false).loadBalancerDnsName],
    ['an instance within its network', () => 'ip-10-0-0-12.eu-west-1.compute.internal'],
    ['a service of a private namespace', () => 'web.demo.local'],
  ])('%s', (_, domain) => {
    const refusal = /^Stack\/Subject: 'appDomain' must be a domain that CloudFront reaches over the internet, got .*, which is reached from within a network only/;
    expect(() => build(pages(domain))).toThrow(refusal);
    expect(() => build(withDomain(domain))).toThrow(refusal);
  });

  test('but a load balancer of the app that faces the internet, and a name that only begins alike', () => {
    expect(() => build(pages((stack) => loadBalancer(stack).loadBalancerDnsName))).not.toThrow();
    expect(() => build(withDomain(() => 'internal-tools.example.org'))).not.toThrow();
    expect(() => build(withDomain(() => 'local.example.org'))).not.toThrow();
  });
});

describe('pages of a domain that AWS routes by the Host header are asked for by its own', () => {
  test.each<[string, Domain]>([
    ['API Gateway', () => 'abc123.execute-api.eu-west-1.amazonaws.com'],
    ['API Gateway, of the app', (stack) => {
      const api = new RestApi(stack, 'Api');
      api.root.addMethod('GET');
      return `${api.restApiId}.execute-api.${stack.region}.${stack.urlSuffix}`;
    }],
    ['an HTTP API of the app', (stack) => hostOf(new HttpApi(stack, 'Api').apiEndpoint)],
    ['a function URL', () => 'abcdefghijklmnop.lambda-url.eu-west-1.on.aws'],
    ['a function URL of the app', (stack) => hostOf(url(stack))],
    ['a bucket by its regional name', () => 'site.s3.eu-west-1.amazonaws.com'],
    ['a bucket by its name of old', () => 'site.s3-eu-west-1.amazonaws.com'],
    ['a bucket with IPv6', () => 'site.s3.dualstack.eu-west-1.amazonaws.com'],
    ['a bucket of the app', (stack) => new Bucket(stack, 'Site').bucketRegionalDomainName],
    ['App Runner', () => 'abc123.eu-west-1.awsapprunner.com'],
    ['ECS Express', () => 'web-1234.ecs.eu-west-1.on.aws'],
    ['another distribution', (stack) => new Distribution(stack, 'Other', { defaultBehavior: { origin: new HttpOrigin('www.example.org') } }).distributionDomainName],
  ])('%s', (_, domain) => {
    const template = synth(withDomain(domain, PAGES));
    const { DefaultCacheBehavior } = Object.entries(template.findResources('AWS::CloudFront::Distribution'))
      .find(([id]) => id.startsWith('Subject'))![1].Properties.DistributionConfig;
    expect(DefaultCacheBehavior.OriginRequestPolicyId).toBe(OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER.originRequestPolicyId);
  });

  test.each(['app.example.org', 'execute-api.example.org', 'elb.example.org', 'www.s3.example.org'])('and of other domains by the CDN\'s: %s', (appDomain) => {
    const { DefaultCacheBehavior } = configOf(synth({ appDomain, ...PAGES }));
    expect(DefaultCacheBehavior.OriginRequestPolicyId).toBe(OriginRequestPolicy.ALL_VIEWER.originRequestPolicyId);
  });
});
