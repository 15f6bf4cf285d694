import { CustomResource, Duration, Stack, Token } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as iam from 'aws-cdk-lib/aws-iam';
import { IHostedZone } from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import { acknowledgeWildcard } from './acknowledge-wildcard';
import { DeploymentFunction } from './deployment-function';
import { earlyName } from './early-name';
import { OWNER_TAG } from './edge-resources';
import { EDGE_REGION } from './validate-cdn';

interface EdgeCertificateProps {
  readonly domainName?: string;
  readonly hostedZone?: IHostedZone;
  readonly certificate?: acm.ICertificate;
}

/**
 * The certificate of a CDN: the given one, one of CloudFormation's where the stack is in us-east-1, else one that a function makes there:
 * docs/decisions/edge-certificate.md.
 */
export function edgeCertificate(
  scope: Construct, { domainName, hostedZone, certificate }: EdgeCertificateProps, edge: DeploymentFunction,
): acm.ICertificate | undefined {
  if (certificate || domainName === undefined) return certificate;
  if (Stack.of(scope).region === EDGE_REGION) {
    return new acm.Certificate(scope, 'Certificate', { domainName, validation: acm.CertificateValidation.fromDns(hostedZone) });
  }
  const { certificateArn } = new EdgeCertificate(scope, 'Certificate', domainName, hostedZone!, edge);
  return acm.Certificate.fromCertificateArn(scope, 'IssuedCertificate', certificateArn);
}

class EdgeCertificate extends Construct {
  public readonly certificateArn: string;

  constructor(scope: Construct, id: string, domainName: string, zone: IHostedZone, edge: DeploymentFunction) {
    super(scope, id);
    const domain = Token.isUnresolved(domainName) ? domainName : domainName.toLowerCase(); // as conditions compare it
    const owner = earlyName(this, ['certificate'], 128);
    const allowed = edge.allow(
      this,
      new iam.PolicyStatement({
        actions: ['acm:RequestCertificate'],
        resources: ['*'], // has no narrower resource
        conditions: {
          'ForAllValues:StringEquals': { 'acm:DomainNames': [domain] },
          'StringEquals': { 'acm:ValidationMethod': 'DNS', [`aws:RequestTag/${OWNER_TAG}`]: owner },
        },
      }),
      new iam.PolicyStatement({
        actions: ['acm:AddTagsToCertificate'], // when it is requested, too
        resources: ['*'], // its id is known only when it is there
        conditions: { StringEquals: { [`aws:RequestTag/${OWNER_TAG}`]: owner } },
      }),
      new iam.PolicyStatement({
        actions: ['acm:DescribeCertificate', 'acm:DeleteCertificate'],
        resources: ['*'],
        conditions: { StringEquals: { [`aws:ResourceTag/${OWNER_TAG}`]: owner } },
      }),
      // Only the record by which ACM sees that the domain is ours: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/specifying-conditions-route53.html
      new iam.PolicyStatement({
        actions: ['route53:ChangeResourceRecordSets'],
        resources: [zone.hostedZoneArn],
        conditions: {
          'ForAllValues:StringLike': { 'route53:ChangeResourceRecordSetsNormalizedRecordNames': [`_*.${domain}`] },
          'ForAllValues:StringEquals': {
            'route53:ChangeResourceRecordSetsActions': ['UPSERT'],
            'route53:ChangeResourceRecordSetsRecordTypes': ['CNAME'],
          },
        },
      }),
    );
    const resource = new CustomResource(this, 'Resource', {
      resourceType: 'Custom::EdgeCertificate',
      serviceToken: edge.serviceToken,
      serviceTimeout: Duration.minutes(20),
      properties: { DomainName: domain, HostedZoneId: zone.hostedZoneId, OwnerTag: OWNER_TAG, Owner: owner },
    });
    acknowledgeWildcard(allowed, '*', 'the id of a certificate is known only when it is there: the conditions say which domain and which tag it has');
    resource.node.addDependency(allowed);
    this.certificateArn = resource.ref;
  }
}
