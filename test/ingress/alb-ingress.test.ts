import { App, CfnParameter, Duration, Fn, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { PrivateHostedZone, PublicHostedZone } from 'aws-cdk-lib/aws-route53';
import { attributesOf, build, inRegion, synth, withDomain, zone } from './alb-ingress';
import { HaVpc, StaticMediaCdn } from '../../src';
import { Ingress } from '../../src/ingress/ingress';

const BALANCER = 'AWS::ElasticLoadBalancingV2::LoadBalancer';
const LISTENER = 'AWS::ElasticLoadBalancingV2::Listener';
const NOT_FOUND = { Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404', ContentType: 'text/plain', MessageBody: 'Resource not found' } };
const certificateOf = (region: string) => (stack: Stack) => ({
  domainName: 'app.example.org', certificate: Certificate.fromCertificateArn(stack, 'Given', `arn:aws:acm:${region}:123456789012:certificate/1`),
});
/** The inbound rules of the group of the load balancer. */
const groupOf = (template: Template) =>
  Object.entries(template.findResources('AWS::EC2::SecurityGroup')).find(([id]) => /^SubjectIngressSecurityGroup/.test(id))![1].Properties;
const admitted = (template: Template) => groupOf(template)
  .SecurityGroupIngress?.map(({ CidrIp, CidrIpv6, FromPort, ToPort, IpProtocol }: any) => [CidrIp ?? CidrIpv6, IpProtocol, FromPort, ToPort]);

describe('the load balancer', () => {
  test('is public, drops invalid headers, mitigates desync strictly and cannot be deleted', () => {
    const template = synth();
    template.hasResourceProperties(BALANCER, { Scheme: 'internet-facing', Type: 'application', IpAddressType: 'ipv4', Subnets: [{ Ref: Match.stringLikeRegexp('VpcPublic') }, {}], Name: Match.absent() });
    expect(attributesOf(template)).toMatchObject({
      'deletion_protection.enabled': 'true',
      'routing.http.drop_invalid_header_fields.enabled': 'true',
      'routing.http.desync_mitigation_mode': 'strictest',
    });
  });

  test('may be deleted where the profile says so', () => {
    expect(attributesOf(synth({ deletionProtection: false }))).toMatchObject({ 'deletion_protection.enabled': 'false' });
  });

  test.each([[undefined, '60'], [Duration.seconds(75), '70'], [Duration.seconds(6), '1'], [Duration.minutes(10), '595'], [Duration.seconds(4_005), '4000']])(
    'closes idle connections five seconds sooner than the application (%p)', (keepAlive, seconds) => {
      expect(attributesOf(synth({ keepAlive }))).toMatchObject({ 'idle_timeout.timeout_seconds': seconds });
    },
  );

  test.each([[Duration.seconds(5), '5'], [Duration.seconds(4_006), '4006'], [Duration.millis(7_500), '7.5']])('has no idle timeout for %p', (keepAlive, got) => {
    expect(() => build({ keepAlive })).toThrow(`Stack/Subject: 'keepAlive' must be a whole number of seconds between 6 and 4005, got ${got}: the load balancer closes idle`);
  });

  test('has no idle timeout that nobody knows', () => {
    expect(() => build((stack) => ({ keepAlive: Duration.seconds(new CfnParameter(stack, 'KeepAlive', { type: 'Number' }).valueAsNumber) })))
      .toThrow("Stack/Subject: 'keepAlive' must be known at synthesis, got a token: the idle timeout");
  });

  test('has IPv6 addresses, too, where all its subnets have', () => {
    const vpc = (stack: Stack) => new ec2.Vpc(stack, 'Vpc', { ipProtocol: ec2.IpProtocol.DUAL_STACK, restrictDefaultSecurityGroup: false });
    const template = synth((stack) => ({ vpc: vpc(stack) }));
    template.hasResourceProperties(BALANCER, { IpAddressType: 'dualstack' });
    expect(admitted(template)).toEqual([['0.0.0.0/0', 'tcp', 80, 80], ['::/0', 'tcp', 80, 80]]);
    synth((stack) => ({ vpc: vpc(stack), ingress: Ingress.internal() })).hasResourceProperties(BALANCER, { IpAddressType: 'ipv4' });
  });

  test('is in a HaVpc', () => {
    synth((stack) => ({ vpc: new HaVpc(stack, 'Network').vpc })).hasResourceProperties(BALANCER, { Subnets: [{}, {}, {}] });
  });

  test('is in one subnet of each zone', () => {
    const vpc = (stack: Stack) => ec2.Vpc.fromVpcAttributes(stack, 'Given', {
      vpcId: 'vpc-1', availabilityZones: ['a', 'b'], publicSubnetIds: ['s1', 's2', 's3', 's4'], publicSubnetNames: ['One', 'Two'], vpcCidrBlock: '10.1.0.0/16',
    });
    synth((stack) => ({ vpc: vpc(stack) })).hasResourceProperties(BALANCER, { Subnets: ['s1', 's2'] });
  });

  test('is in subnets whose list is imported', () => {
    const vpc = (stack: Stack) => ec2.Vpc.fromVpcAttributes(stack, 'Given', {
      vpcId: 'vpc-1', availabilityZones: ['a'], publicSubnetIds: Fn.split(',', Fn.importValue('Subnets')), vpcCidrBlock: '10.1.0.0/16',
    });
    synth((stack) => ({ vpc: vpc(stack) })).hasResourceProperties(BALANCER, { Subnets: { 'Fn::Split': [',', { 'Fn::ImportValue': 'Subnets' }] } });
  });

  test('is in two availability zones at least', () => {
    expect(() => build((stack) => ({ vpc: new ec2.Vpc(stack, 'Vpc', { maxAzs: 1 }) }))).toThrow(
      "Stack/Subject: 'vpc' must have public subnets in at least two availability zones, got 1 in Stack/Vpc: a load balancer is in two or more; for one that only the network",
    );
    expect(() => build((stack) => ({ ingress: Ingress.internal(), vpc: new ec2.Vpc(stack, 'Vpc', { maxAzs: 1 }) }))).toThrow('must have private subnets in at least two');
  });
});

describe('those who reach it', () => {
  const ONLY_HTTP = [80];
  const WITH_HTTPS = [80, 443];

  test.each<[string, Ingress, string[]]>([
    ['everybody', Ingress.internet(), ['0.0.0.0/0']],
    ['some ranges', Ingress.cidrs('192.0.2.0/24', '198.51.100.7/32'), ['192.0.2.0/24', '198.51.100.7/32']],
  ])('are %s', (_, ingress, ranges) => {
    const rules = (ports: number[]) => ranges.flatMap((range) => ports.map((port) => [range, 'tcp', port, port]));
    expect(admitted(synth({ ingress }))).toEqual(rules(ONLY_HTTP));
    expect(admitted(synth((stack) => ({ ingress, ...withDomain(stack) })))).toEqual(rules(WITH_HTTPS));
  });

  test('are the network, by its range, of an internal one in private subnets', () => {
    const template = synth({ ingress: Ingress.internal() });
    expect(admitted(template)).toEqual([[{ 'Fn::GetAtt': [expect.stringMatching(/^Vpc/), 'CidrBlock'] }, 'tcp', 80, 80]]);
    template.hasResourceProperties(BALANCER, { Scheme: 'internal', Subnets: [{ Ref: Match.stringLikeRegexp('VpcPrivate') }, { Ref: Match.stringLikeRegexp('VpcPrivate') }] });
  });

  test('are the network, of an internal one in isolated subnets, where there are no others', () => {
    const subnetConfiguration = [{ name: 'Data', subnetType: ec2.SubnetType.PRIVATE_ISOLATED }];
    synth((stack) => ({ ingress: Ingress.internal(), vpc: new ec2.Vpc(stack, 'Vpc', { subnetConfiguration, restrictDefaultSecurityGroup: false }) }))
      .hasResourceProperties(BALANCER, { Scheme: 'internal', Subnets: [{ Ref: Match.stringLikeRegexp('VpcData') }, {}] });
  });

  test('are those of a prefix list', () => {
    const template = synth((stack) => ({ ingress: Ingress.prefixList('pl-0123456789abcdef0'), ...withDomain(stack) }));
    const rules = Object.values(template.findResources('AWS::EC2::SecurityGroupIngress'))
      .map(({ Properties }) => [Properties.SourcePrefixListId, Properties.FromPort, Properties.ToPort]);
    expect(rules).toEqual([['pl-0123456789abcdef0', 80, 80], ['pl-0123456789abcdef0', 443, 443]]);
    expect(admitted(template)).toBeUndefined();
  });

  test('have no IPv6 ranges where the load balancer has no such address', () => {
    const ingress = Ingress.cidrs('192.0.2.0/24', '2001:db8::/32');
    expect(() => build({ ingress })).toThrow("Stack/Subject: 'ingress' must have IPv4 ranges only, got 2001:db8::/32: the load balancer has no IPv6 addresses");
    const vpc = (stack: Stack) => new ec2.Vpc(stack, 'Vpc', { ipProtocol: ec2.IpProtocol.DUAL_STACK, restrictDefaultSecurityGroup: false });
    expect(admitted(synth((stack) => ({ ingress, vpc: vpc(stack) })))).toEqual([['192.0.2.0/24', 'tcp', 80, 80], ['2001:db8::/32', 'tcp', 80, 80]]);
  });
});

describe('without a certificate', () => {
  test('it speaks HTTP, and a warning says so, which can be acknowledged', () => {
    const { stack, ingress } = build();
    const template = Template.fromStack(stack);
    template.resourceCountIs(LISTENER, 1);
    template.hasResourceProperties(LISTENER, { Port: 80, Protocol: 'HTTP', DefaultActions: [NOT_FOUND] });
    expect(stack.resolve(ingress.url)).toEqual({ 'Fn::Join': ['', ['http://', { 'Fn::GetAtt': [expect.stringMatching(/LoadBalancer/), 'DNSName'] }]] });
    expect(ingress.certificate).toBeUndefined();
    Annotations.fromStack(stack).hasWarning('/Stack/Subject/Ingress', Match.stringLikeRegexp('the load balancer speaks HTTP.*cdk-mainstay:Ingress.PlainHttp'));
  });

  test('its address is the domain, if there is one, whose records are somebody else\'s', () => {
    const { stack, ingress } = build({ domainName: 'app.example.org' });
    expect(ingress.url).toBe('http://app.example.org');
    Template.fromStack(stack).resourceCountIs('AWS::Route53::RecordSet', 0);
  });
});

describe('with a hosted zone', () => {
  test('it gets a certificate and records in the same deployment', () => {
    const { stack, ingress } = build(withDomain);
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::CertificateManager::Certificate', {
      DomainName: 'app.example.org', ValidationMethod: 'DNS', DomainValidationOptions: [{ DomainName: 'app.example.org', HostedZoneId: 'Z1' }],
    });
    for (const Type of ['A', 'AAAA']) {
      template.hasResourceProperties('AWS::Route53::RecordSet', {
        Type,
        Name: 'app.example.org.',
        HostedZoneId: 'Z1',
        AliasTarget: { DNSName: { 'Fn::Join': ['', ['dualstack.', { 'Fn::GetAtt': [Match.anyValue(), 'DNSName'] }]] }, HostedZoneId: { 'Fn::GetAtt': [Match.anyValue(), 'CanonicalHostedZoneID'] } },
      });
    }
    expect(ingress.url).toBe('https://app.example.org');
    Annotations.fromStack(stack).hasNoWarning('*', Match.stringLikeRegexp('PlainHttp'));
  });

  test('it speaks HTTPS by the newest policy, and redirects from HTTP for good', () => {
    const { stack, ingress } = build(withDomain);
    const template = Template.fromStack(stack);
    template.resourceCountIs(LISTENER, 2);
    template.hasResourceProperties(LISTENER, {
      Port: 443,
      Protocol: 'HTTPS',
      SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09',
      Certificates: [{ CertificateArn: stack.resolve(ingress.certificate!.certificateArn) }],
      DefaultActions: [NOT_FOUND],
    });
    template.hasResourceProperties(LISTENER, {
      Port: 80, Protocol: 'HTTP', DefaultActions: [{ Type: 'redirect', RedirectConfig: { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_301' } }],
    });
    expect(ingress.listener.port).toBe(443);
  });

  test('it may have the apex', () => {
    const template = synth((stack) => ({ domainName: 'example.org', hostedZone: zone(stack) }));
    template.hasResourceProperties('AWS::Route53::RecordSet', { Name: 'example.org.', Type: 'AAAA' });
  });

  test('it may have a zone whose name is a token', () => {
    synth((stack) => ({ domainName: new CfnParameter(stack, 'Domain').valueAsString, hostedZone: new PublicHostedZone(stack, 'New', { zoneName: 'example.org' }) }))
      .hasResourceProperties('AWS::Route53::RecordSet', { Name: { 'Fn::Join': ['', [{ Ref: 'Domain' }, '.']] } });
  });

  test.each(['example.com', 'app.example.com', 'notexample.org'])('it has no domain of another: %s', (domainName) => {
    expect(() => build((stack) => ({ domainName, hostedZone: zone(stack) }))).toThrow(`Stack/Subject: 'domainName' must be in the 'hostedZone', got '${domainName}' and the zone 'example.org'`);
  });

  test('it needs a domain', () => {
    expect(() => build((stack) => ({ hostedZone: zone(stack) }))).toThrow("Stack/Subject: 'domainName' must be given with a 'hostedZone', got none");
  });

  test('it has no name that ACM refuses', () => {
    expect(() => build((stack) => ({ domainName: `${'a'.repeat(60)}.example.org`, hostedZone: zone(stack) }))).toThrow("'domainName' must have at most 64 characters");
  });

  test('it gets no certificate by a private zone, but records', () => {
    const privateZone = (stack: Stack, vpc: ec2.IVpc) => new PrivateHostedZone(stack, 'Private', { zoneName: 'example.org', vpc });
    const network = (stack: Stack) => new ec2.Vpc(stack, 'Network', { restrictDefaultSecurityGroup: false });
    expect(() => build((stack) => ({ domainName: 'app.example.org', hostedZone: privateZone(stack, network(stack)) }))).toThrow("'hostedZone' must be public");
    synth((stack) => {
      const vpc = network(stack);
      return { ...certificateOf('eu-west-1')(stack), hostedZone: privateZone(stack, vpc), vpc, ingress: Ingress.internal() };
    }).hasResourceProperties('AWS::Route53::RecordSet', { Name: 'app.example.org.', Type: 'A' });
  });
});

describe('with a given certificate', () => {
  test('it speaks HTTPS, and creates no record', () => {
    const { stack, ingress } = build(certificateOf('eu-west-1'));
    const template = Template.fromStack(stack);
    template.hasResourceProperties(LISTENER, { Port: 443, Certificates: [{ CertificateArn: 'arn:aws:acm:eu-west-1:123456789012:certificate/1' }] });
    template.resourceCountIs('AWS::CertificateManager::Certificate', 0);
    template.resourceCountIs('AWS::Route53::RecordSet', 0);
    expect(ingress.url).toBe('https://app.example.org');
  });

  test('it creates records, but no certificate, with a zone', () => {
    const template = synth((stack) => ({ ...certificateOf('eu-west-1')(stack), hostedZone: zone(stack) }));
    template.resourceCountIs('AWS::CertificateManager::Certificate', 0);
    template.resourceCountIs('AWS::Route53::RecordSet', 2);
  });

  test('it has one of its own region', () => {
    expect(() => build(certificateOf('us-east-1'), inRegion('eu-west-1'))).toThrow(
      "Stack/Subject: 'certificate' must be in eu-west-1, the region of this stack, got Stack/Given, which is in us-east-1: a load balancer accepts certificates of its own region",
    );
    expect(() => build(certificateOf('eu-west-1'), inRegion('eu-west-1'))).not.toThrow();
    expect(() => build((stack) => {
      const elsewhere = new Stack(App.of(stack) as App, 'Edge', { env: inRegion('us-east-1'), crossRegionReferences: true });
      return { domainName: 'app.example.org', certificate: new Certificate(elsewhere, 'Certificate', { domainName: 'app.example.org' }) };
    }, inRegion('eu-west-1'))).toThrow('which is in us-east-1');
  });

  test('it may be for names that are not given here', () => {
    expect(() => build((stack) => ({ certificate: certificateOf('eu-west-1')(stack).certificate }))).not.toThrow();
  });
});

describe('its logs', () => {
  test.each([undefined, inRegion('eu-west-1'), inRegion('ap-southeast-4')])('go into one bucket, each kind into a folder, in a stack of %p', (env) => {
    const template = synth({}, env);
    const bucket = { Ref: Object.keys(template.findResources('AWS::S3::Bucket'))[0] };
    expect(attributesOf(template)).toMatchObject({
      'access_logs.s3.enabled': 'true',
      'access_logs.s3.bucket': bucket,
      'access_logs.s3.prefix': 'access',
      'connection_logs.s3.enabled': 'true',
      'connection_logs.s3.bucket': bucket,
      'connection_logs.s3.prefix': 'connections',
      'health_check_logs.s3.enabled': 'true',
      'health_check_logs.s3.bucket': bucket,
      'health_check_logs.s3.prefix': 'health-checks',
    });
    const account = env ? `${env.account}/*` : undefined;
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([{
          Effect: 'Allow',
          Principal: { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' },
          Action: 's3:PutObject',
          Resource: ['access', 'connections', 'health-checks'].map((folder) => ({
            'Fn::Join': ['', [{ 'Fn::GetAtt': [bucket.Ref, 'Arn'] }, ...account ? [`/${folder}/AWSLogs/${account}`] : [`/${folder}/AWSLogs/`, { Ref: 'AWS::AccountId' }, '/*']]],
          })),
        }]),
      },
    });
  });

  test('are private, encrypted by S3 and expire', () => {
    synth({ logRetention: RetentionDays.THREE_MONTHS }).hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'Retain',
      Properties: {
        BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
        LifecycleConfiguration: { Rules: [Match.objectLike({ ExpirationInDays: 90 })] },
        PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
      },
    });
  });

  test.each([RemovalPolicy.RETAIN, RemovalPolicy.DESTROY])('have their policy before the load balancer writes, and their bucket is emptied after it is gone (%p)', (removalPolicy) => {
    const template = synth({ removalPolicy });
    const [{ DependsOn }] = Object.values(template.findResources(BALANCER));
    const types = ['AWS::S3::Bucket', 'AWS::S3::BucketPolicy', ...removalPolicy === RemovalPolicy.DESTROY ? ['Custom::S3AutoDeleteObjects'] : []];
    expect(DependsOn).toEqual(expect.arrayContaining(types.flatMap((type) => Object.keys(template.findResources(type)))));
  });

  test('are kept where a snapshot is asked for, which S3 has not', () => {
    synth({ removalPolicy: RemovalPolicy.SNAPSHOT }).hasResource('AWS::S3::Bucket', { DeletionPolicy: 'RetainExceptOnCreate' });
  });
});

describe('behind CloudFront', () => {
  const behind = (more: (stack: Stack) => object = withDomain) => build((stack) => ({ ingress: Ingress.cloudFrontOnly(new StaticMediaCdn(stack, 'Cdn')), ...more(stack) }));

  test('it admits the prefix list of CloudFront to HTTPS, in a group of its own, and nobody else', () => {
    const template = Template.fromStack(behind().stack);
    const [list] = Object.keys(template.findResources('Custom::PrefixList'));
    expect(admitted(template)).toBeUndefined();
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      GroupDescription: 'CloudFront for the load balancer of Stack/Subject/Ingress',
      SecurityGroupIngress: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, SourcePrefixListId: { Ref: list }, Description: 'HTTPS of CloudFront' }],
    });
    template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
    template.hasResourceProperties(BALANCER, {
      IpAddressType: 'ipv4',
      SecurityGroups: [{ 'Fn::GetAtt': [Match.stringLikeRegexp('^SubjectIngressSecurityGroup'), 'GroupId'] }, { 'Fn::GetAtt': [Match.stringLikeRegexp('CloudFront'), 'GroupId'] }],
    });
  });

  test('it looks the prefix list up when deployed, by a function that may do that only', () => {
    const template = Template.fromStack(behind().stack);
    template.hasResource('Custom::PrefixList', {
      Properties: { PrefixListName: 'com.amazonaws.global.cloudfront.origin-facing' }, DependsOn: [Match.stringLikeRegexp('PrefixListLookupPermissions')],
    });
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyName: Match.stringLikeRegexp('PrefixListLookupPermissions'),
      PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'ec2:DescribeManagedPrefixLists', Resource: '*' }] },
    });
  });

  test('it has no listener for HTTP', () => {
    const template = Template.fromStack(behind().stack);
    template.resourceCountIs(LISTENER, 1);
    template.hasResourceProperties(LISTENER, { Port: 443, Protocol: 'HTTPS', DefaultActions: [NOT_FOUND] });
  });

  test('it forwards only what has one of two secrets, which are in no template', () => {
    const { stack, subject } = behind();
    subject.route('Web');
    subject.route('Api', { pathPatterns: ['/a', '/b', '/c', '/d'], priority: 1 });
    const template = Template.fromStack(stack);
    const rules = Object.values(template.findResources('AWS::ElasticLoadBalancingV2::ListenerRule')).map(({ Properties }) => Properties);
    expect(rules).toHaveLength(3);
    for (const { Conditions } of rules) {
      const { HttpHeaderConfig } = Conditions.find(({ Field }: any) => Field === 'http-header');
      expect(HttpHeaderConfig.Values).toHaveLength(2);
      HttpHeaderConfig.Values.forEach((value: unknown) => expect(JSON.stringify(value)).toMatch(/\{\{resolve:secretsmanager:.*:SecretString:/));
      expect(HttpHeaderConfig.Values[0]).not.toEqual(HttpHeaderConfig.Values[1]);
      const values = Conditions.flatMap((condition: any) => (condition.PathPatternConfig ?? condition.HttpHeaderConfig).Values);
      expect(values.length).toBeLessThanOrEqual(5);
    }
    expect(template.findOutputs('*')).toEqual({});
  });

  test('its address is that of the CDN, which is given the domain as the origin of its pages', () => {
    const serve = jest.spyOn(StaticMediaCdn.prototype, '_servePagesOf');
    const { stack, ingress } = behind();
    expect(stack.resolve(ingress.url)).toEqual({ 'Fn::Join': ['', ['https://', { 'Fn::GetAtt': [expect.stringMatching(/^CdnDistribution/), 'DomainName'] }]] });
    expect(serve.mock.calls).toEqual([[{ appDomain: 'app.example.org', by: ingress }]]);
    serve.mockRestore();
  });

  test('it may have a given certificate', () => {
    expect(() => behind(certificateOf('eu-west-1'))).not.toThrow();
  });

  test.each([[{}, 'no name'], [{ domainName: 'app.example.org' }, 'no certificate']])('it needs a domain with a certificate (%j)', (props, got) => {
    expect(() => behind(() => props)).toThrow(
      `Stack/Subject: 'domainName' must be given, with a 'hostedZone' or a 'certificate', where 'ingress' is Ingress.cloudFrontOnly(), got ${got}: CloudFront connects to the`,
    );
  });
});
