import { Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { build, CERTIFICATE_ARN, configOf, DOMAINS, inRegion, statements, synth, zone } from './static-media-cdn';

describe('the certificate', () => {
  const withZone = (stack: Stack) => ({ ...DOMAINS, hostedZone: zone(stack) });

  test('in us-east-1 is CloudFormation\'s', () => {
    const template = synth(withZone, inRegion('us-east-1'));
    template.hasResourceProperties('AWS::CertificateManager::Certificate', {
      DomainName: 'cdn.example.education', ValidationMethod: 'DNS', DomainValidationOptions: [{ DomainName: 'cdn.example.education', HostedZoneId: 'Z1' }],
    });
    template.resourceCountIs('AWS::Lambda::Function', 0);
  });

  test('in us-east-1 waits, without a zone, for a record that the deployment shows', () => {
    const template = synth(DOMAINS, inRegion('us-east-1'));
    template.hasResourceProperties('AWS::CertificateManager::Certificate', { ValidationMethod: 'DNS', DomainValidationOptions: Match.absent() });
    template.resourceCountIs('AWS::Route53::RecordSet', 0);
  });

  test.each([undefined, inRegion('eu-west-3')])('elsewhere is made in us-east-1 by a function (%p)', (env) => {
    const template = synth(withZone, env);
    template.hasResourceProperties('Custom::EdgeCertificate', { DomainName: 'cdn.example.education', HostedZoneId: 'Z1' });
    expect(configOf(template).ViewerCertificate.AcmCertificateArn).toEqual({ Ref: expect.stringMatching(/^SubjectEdgeCertificate/) });
    expect(statements(template, 'SubjectEdgeCertificatePermissions')).toEqual([
      expect.objectContaining({
        Action: 'acm:RequestCertificate',
        Condition: {
          'ForAllValues:StringEquals': { 'acm:DomainNames': ['cdn.example.education'] },
          'StringEquals': { 'acm:ValidationMethod': 'DNS', 'aws:RequestTag/cdk-mainstay:owner': expect.anything() },
        },
      }),
      expect.objectContaining({
        Action: 'acm:AddTagsToCertificate', Condition: { StringEquals: { 'aws:RequestTag/cdk-mainstay:owner': expect.anything() } },
      }),
      expect.objectContaining({
        Action: ['acm:DescribeCertificate', 'acm:DeleteCertificate'],
        Condition: { StringEquals: { 'aws:ResourceTag/cdk-mainstay:owner': expect.anything() } },
      }),
      expect.objectContaining({
        Action: 'route53:ChangeResourceRecordSets',
        Resource: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':route53:::hostedzone/Z1']] },
        Condition: {
          'ForAllValues:StringLike': { 'route53:ChangeResourceRecordSetsNormalizedRecordNames': ['_*.cdn.example.education'] },
          'ForAllValues:StringEquals': { 'route53:ChangeResourceRecordSetsActions': ['UPSERT'], 'route53:ChangeResourceRecordSetsRecordTypes': ['CNAME'] },
        },
      }),
    ]);
  });

  describe('elsewhere, without a zone,', () => {
    const template = synth(DOMAINS, inRegion('eu-west-3'));
    const idOf = (type: string) => Object.keys(template.findResources(type))[0];

    test('is shown the record of by one resource, and then waited for by another', () => {
      template.hasResourceProperties('Custom::EdgeCertificate', { DomainName: 'cdn.example.education', HostedZoneId: Match.absent() });
      const DnsRecord = { 'Fn::GetAtt': [idOf('Custom::EdgeCertificate'), 'DnsRecord'] };
      template.hasResourceProperties('Custom::DnsRecordToCreate', { DnsRecord });
      template.hasResource('Custom::IssuedCertificate', {
        DependsOn: [idOf('Custom::DnsRecordToCreate')],
        Properties: { CertificateArn: { Ref: idOf('Custom::EdgeCertificate') }, DomainName: 'cdn.example.education', DnsRecord },
      });
    });

    test('is used when it is issued, and not before', () => {
      expect(configOf(template).ViewerCertificate.AcmCertificateArn).toEqual({ 'Fn::GetAtt': [idOf('Custom::IssuedCertificate'), 'CertificateArn'] });
    });

    test('has nobody write into a zone', () => {
      expect(statements(template, 'SubjectEdgeCertificatePermissions').flatMap(({ Action }) => Action)).not.toContain('route53:ChangeResourceRecordSets');
      template.resourceCountIs('AWS::Route53::RecordSet', 0);
    });

    test('has a warning with the command that shows the record', () => {
      const { stack } = build(DOMAINS, inRegion('eu-west-3'));
      const command = `aws cloudformation describe-stack-resource --region eu-west-3 --stack-name Stack --logical-resource-id ${idOf('Custom::DnsRecordToCreate')} `;
      Annotations.fromStack(stack).hasWarning('/Stack/Subject', Match.stringLikeRegexp(`${command}.* \\[ack: cdk-mainstay:StaticMediaCdn.CertificateAwaitsRecord\\]`));
      Annotations.fromStack(build(DOMAINS, inRegion('us-east-1')).stack).hasNoWarning('/Stack/Subject', Match.stringLikeRegexp('CertificateAwaitsRecord'));
    });
  });

  test('and the logs are others by id and name where a stack learns later that it is in us-east-1, as resources of another type', () => {
    const [before, after] = [undefined, inRegion('us-east-1')].map((env): [string, any][] => Object.entries(synth(withZone, env).toJSON().Resources));
    const typesBefore = new Map(before.map(([id, { Type }]) => [id, Type]));
    expect(after.filter(([id, { Type }]) => typesBefore.has(id) && typesBefore.get(id) !== Type)).toEqual([]);
    const nameIn = (resources: [string, any][], type: string) => JSON.stringify(resources.find(([, { Type }]) => Type === type)![1].Properties.Name);
    expect(nameIn(after, 'AWS::Logs::DeliverySource')).not.toBe(nameIn(before, 'Custom::EdgeLogDelivery'));
  });

  test('that is given is taken', () => {
    const template = synth((stack) => ({ ...DOMAINS, certificate: Certificate.fromCertificateArn(stack, 'Mine', CERTIFICATE_ARN) }));
    expect(configOf(template).ViewerCertificate.AcmCertificateArn).toBe(CERTIFICATE_ARN);
    template.resourceCountIs('Custom::EdgeCertificate', 0);
  });

  test('of CloudFront lets old TLS in, which is a warning', () => {
    Annotations.fromStack(build().stack).hasWarning('/Stack/Subject', Match.stringLikeRegexp('DefaultCertificate'));
    Annotations.fromStack(build(withZone).stack).hasNoWarning('/Stack/Subject', Match.stringLikeRegexp('DefaultCertificate'));
  });
});
