import { App, CfnParameter, Environment, Stack, Stage } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { Certificate, CertificateValidation } from 'aws-cdk-lib/aws-certificatemanager';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { HostedZone, IHostedZone, PrivateHostedZone, PublicHostedZone } from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import { build, CERTIFICATE_ARN, inRegion } from './static-media-cdn';
import { StaticMediaCdn, StaticMediaCdnProps } from '../../src';

const HERE = { account: '111122223333', region: 'eu-west-1' };
const ZONE = 'example.education';
const certificate = (stack: Stack) => Certificate.fromCertificateArn(stack, 'Given', CERTIFICATE_ARN);

describe('a private zone', () => {
  const vpc = (stack: Stack) => new Vpc(stack, 'Vpc');
  const PRIVATE: [string, (stack: Stack) => IHostedZone][] = [
    ['of PrivateHostedZone', (stack) => new PrivateHostedZone(stack, 'Zone', { zoneName: ZONE, vpc: vpc(stack) })],
    ['of HostedZone with a network', (stack) => new HostedZone(stack, 'Zone', { zoneName: ZONE, vpcs: [vpc(stack)] })],
    ['that was imported as one by its id', (stack) => PrivateHostedZone.fromPrivateHostedZoneId(stack, 'Zone', 'Z1')],
  ];

  test.each(PRIVATE)('%s is refused where ACM is to look for a record in it', (_, zone) => {
    for (const region of ['eu-west-3', 'us-east-1']) {
      expect(() => build((stack) => ({ domainName: `cdn.${ZONE}`, hostedZone: zone(stack) }), inRegion(region)))
        .toThrow(/Stack\/Subject: 'hostedZone' must be public where ACM is to issue the certificate, got the private zone Stack\/Zone: .*give the public zone/);
    }
  });

  test.each(PRIVATE.slice(0, 2))('%s is fine beside a certificate', (_, zone) => {
    expect(() => build((stack) => ({ domainName: `cdn.${ZONE}`, hostedZone: zone(stack), certificate: certificate(stack) }))).not.toThrow();
  });

  test('that becomes one later fails the synthesis', () => {
    const stack = new Stack(new App(), 'Stack');
    const hostedZone = new HostedZone(stack, 'Zone', { zoneName: ZONE });
    new StaticMediaCdn(stack, 'Subject', { domainName: `cdn.${ZONE}`, hostedZone });
    hostedZone.addVpc(vpc(stack));
    expect(() => stack.node.root.node.findAll().length && (stack.node.root as App).synth()).toThrow(/Stack\/Subject: 'hostedZone' must be public/);
  });

  test.each<[string, (stack: Stack) => IHostedZone]>([
    ['a public zone', (stack) => new PublicHostedZone(stack, 'Zone', { zoneName: ZONE })],
    ['a zone that is imported by its id', (stack) => HostedZone.fromHostedZoneId(stack, 'Zone', 'Z1')],
  ])('%s is none', (_, hostedZone) => {
    expect(() => (build((stack) => ({ domainName: `cdn.${ZONE}`, hostedZone: hostedZone(stack) })).stack.node.root as App).synth()).not.toThrow();
  });
});

test('a zone of another account is refused', () => {
  const app = new App();
  const hostedZone = new PublicHostedZone(new Stack(app, 'Dns', { env: { ...HERE, account: '444455556666' } }), 'Zone', { zoneName: ZONE });
  expect(() => new StaticMediaCdn(new Stack(app, 'Stack', { env: HERE }), 'Subject', { domainName: `cdn.${ZONE}`, hostedZone }))
    .toThrow("Stack/Subject: 'hostedZone' must be of 111122223333, the account of this stack, got Dns/Zone, which is of 444455556666");
});

test('a web ACL of another account is refused', () => {
  const webAclArn = (account: string) => `arn:aws:wafv2:us-east-1:${account}:global/webacl/name/id`;
  expect(() => build({ webAclArn: webAclArn('444455556666') }, HERE)).toThrow("'webAclArn' must be of 111122223333, the account of this stack, got one of 444455556666");
  expect(() => build({ webAclArn: webAclArn('111122223333') }, HERE)).not.toThrow();
});

describe('the common name of a certificate', () => {
  const ofLength = (length: number) => `${'a'.repeat(length - 1 - ZONE.length - 22)}.${'b'.repeat(21)}.${ZONE}`;

  test.each(['eu-west-3', 'us-east-1'])('has 64 characters at the most (%s)', (region) => {
    expect(ofLength(65)).toHaveLength(65);
    expect(() => build({ domainName: ofLength(64) }, inRegion(region))).not.toThrow();
    expect(() => build({ domainName: ofLength(65) }, inRegion(region))).toThrow(/Stack\/Subject: 'domainName' must have at most 64 characters where ACM is to issue its certificate, got 65/);
  });

  test('is no matter of a certificate that is given', () => {
    expect(() => build((stack) => ({ domainName: ofLength(79), certificate: certificate(stack) }))).not.toThrow();
  });

  test('that is a token is not counted', () => {
    expect(() => build((stack) => ({ domainName: `${new CfnParameter(stack, 'Name').valueAsString}${'.a'.repeat(40)}.${ZONE}` }))).not.toThrow();
  });
});

describe('a domain for which ACM issues nothing', () => {
  test.each(['d111111abcdef8.cloudfront.net', 'site.s3.amazonaws.com', 'amazonaws.com', 'web.eu-west-1.elasticbeanstalk.com', 'web.s3.cn-north-1.amazonaws.com.cn'])('is AWS\'s own: %s', (domainName) => {
    for (const region of ['eu-west-3', 'us-east-1']) {
      expect(() => build({ domainName }, inRegion(region))).toThrow(
        `Stack/Subject: 'domainName' must be a public domain of yours where ACM is to issue its certificate, got '${domainName}', which is AWS's own: ACM refuses to issue one`,
      );
    }
  });

  test.each(['cdn.demo.local', 'cdn.demo.internal', 'CDN.DEMO.TEST', 'cdn.example', 'cdn.invalid', 'app.localhost'])('is in no public DNS: %s', (domainName) => {
    expect(() => build({ domainName })).toThrow(`got '${domainName}', whose top-level domain is in no public DNS: ACM refuses to issue one`);
  });

  test.each(['cdn.notamazonaws.com', 'local.example.org', 'xn--e1afmkfd.xn--p1ai', 'cdn.example.education'])('is no other: %s', (domainName) => {
    expect(() => build({ domainName })).not.toThrow();
  });

  test('may be that of a certificate that is issued already', () => {
    expect(() => build((stack) => ({ domainName: 'cdn.demo.internal', certificate: certificate(stack) }))).not.toThrow();
  });
});

describe('a certificate of the app', () => {
  const given = (names: string[]) => build((stack) => {
    const [domainName, ...subjectAlternativeNames] = names;
    return { domainName: 'cdn.example.education', certificate: new Certificate(stack, 'Given', { domainName, subjectAlternativeNames }) };
  }, inRegion('us-east-1'));

  test.each([[['cdn.example.education']], [['CDN.example.education']], [['*.example.education']], [['example.education', '*.example.education']]])('is for the domain: %j', (names) => {
    expect(() => given(names)).not.toThrow();
  });

  test.each([[['www.example.education']], [['example.education']], [['*.cdn.example.education']], [['*.education']], [['a.example.org', '*.example.org']]])('is for others: %j', (names) => {
    expect(() => given(names)).toThrow(`Stack/Subject: 'certificate' must be for 'domainName', 'cdn.example.education', got one for ${names.join(', ')}: CloudFront refuses`);
  });

  test('is not asked where one of its names is a token', () => {
    expect(() => build((stack) => {
      const name = new CfnParameter(stack, 'Name').valueAsString;
      return { domainName: 'cdn.example.education', certificate: new Certificate(stack, 'Given', { domainName: name, validation: CertificateValidation.fromDns(HostedZone.fromHostedZoneId(stack, 'Zone', 'Z1')) }) };
    }, inRegion('us-east-1'))).not.toThrow();
  });
});

describe('two CDNs with one domain', () => {
  const cdn = (scope: Construct, domainName: string, props: StaticMediaCdnProps = {}) => new StaticMediaCdn(scope, 'Cdn', { domainName, ...props });
  const stackOf = (scope: Construct, env?: Environment) => new Stack(scope, `Stack${scope.node.children.length}`, { env });
  const warned = (stack: Stack) => Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('StaticMediaCdn.DomainTwice'));

  test.each([[undefined, undefined], [HERE, HERE], [HERE, { ...HERE, account: HERE.account }]])('of one place (%j and %j) are refused', (one, other) => {
    const app = new App();
    cdn(stackOf(app, one), 'cdn.example.org');
    expect(() => cdn(stackOf(app, other), 'CDN.example.org')).toThrow(
      "Stack1/Cdn: 'domainName' must be the domain of one CDN, got 'CDN.example.org', which is that of Stack0/Cdn, too: CloudFront refuses the second one (CNAMEAlreadyExists)",
    );
  });

  test.each([
    ['of two accounts', HERE, { ...HERE, account: '444455556666' }],
    ['of two stages that do not say where they are', undefined, undefined],
  ])('%s are a warning', (_, one, other) => {
    const app = new App();
    cdn(stackOf(new Stage(app, 'Old'), one), 'cdn.example.org');
    const second = stackOf(new Stage(app, 'New'), other);
    cdn(second, 'cdn.example.org');
    expect(warned(second)).toHaveLength(1);
  });

  test('a parameter is one domain within its stack, and none to other stacks', () => {
    const app = new App();
    const [one, other] = [stackOf(app), stackOf(app)];
    const names = [one, other].map((stack) => new CfnParameter(stack, 'Domain').valueAsString);
    cdn(one, names[0]);
    expect(() => cdn(other, names[1])).not.toThrow();
    expect(() => new StaticMediaCdn(one, 'Second', { domainName: names[0] })).toThrow(/must be the domain of one CDN/);
    cdn(stackOf(app), 'other.example.org');
  });
});
