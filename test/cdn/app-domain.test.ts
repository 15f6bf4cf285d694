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
const loadBalancer = (stack: Stack) => new ApplicationLoadBalancer(stack, 'Balancer', {
  vpc: Vpc.fromVpcAttributes(stack, 'Network', { vpcId: 'vpc-1', availabilityZones: ['a', 'b'], privateSubnetIds: ['subnet-1', 'subnet-2'] }),
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
    ['App Runner', () => 'abc123.eu-west-1.awsapprunner.com'],
    ['ECS Express', () => 'web-1234.ecs.eu-west-1.on.aws'],
    ['another distribution', (stack) => new Distribution(stack, 'Other', { defaultBehavior: { origin: new HttpOrigin('www.example.org') } }).distributionDomainName],
  ])('%s', (_, domain) => {
    const template = synth(withDomain(domain, PAGES));
    const { DefaultCacheBehavior } = Object.entries(template.findResources('AWS::CloudFront::Distribution'))
      .find(([id]) => id.startsWith('Subject'))![1].Properties.DistributionConfig;
    expect(DefaultCacheBehavior.OriginRequestPolicyId).toBe(OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER.originRequestPolicyId);
  });

  test.each(['app.example.org', 'execute-api.example.org', 'elb.example.org'])('and of other domains by the CDN\'s: %s', (appDomain) => {
    const { DefaultCacheBehavior } = configOf(synth({ appDomain, ...PAGES }));
    expect(DefaultCacheBehavior.OriginRequestPolicyId).toBe(OriginRequestPolicy.ALL_VIEWER.originRequestPolicyId);
  });
});
