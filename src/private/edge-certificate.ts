import { CustomResource, Duration, Stack, Token } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as iam from 'aws-cdk-lib/aws-iam';
import { IHostedZone } from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import { EdgeResources } from './edge-resources';
import { nameOfThisLife } from './name-of-this-life';
import { EDGE_REGION } from './validate-cdn';

interface EdgeCertificateProps {
  readonly domainName?: string;
  readonly hostedZone?: IHostedZone;
  readonly certificate?: acm.ICertificate;
}

/** The tag by which the function knows its own certificates from all others. */
const OWNER_TAG = 'cdk-mainstay:owner';

/**
 * The certificate of a CDN: the given one, one of CloudFormation's where the stack is in us-east-1, else one that a function makes there:
 * docs/decisions/edge-certificate.md.
 */
export function edgeCertificate(
  scope: Construct, { domainName, hostedZone, certificate }: EdgeCertificateProps, edge: EdgeResources,
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

  constructor(scope: Construct, id: string, domainName: string, zone: IHostedZone, edge: EdgeResources) {
    super(scope, id);
    const stack = Stack.of(this);
    const owner = nameOfThisLife(this, [domainName], 128);
    const certificates = stack.formatArn({ service: 'acm', region: EDGE_REGION, resource: 'certificate', resourceName: '*' });
    const allowed = edge.allow(
      this,
      new iam.PolicyStatement({
        actions: ['acm:RequestCertificate', 'acm:AddTagsToCertificate'],
        resources: [certificates],
        conditions: { StringEquals: { [`aws:RequestTag/${OWNER_TAG}`]: owner } },
      }),
      new iam.PolicyStatement({
        actions: ['acm:DescribeCertificate', 'acm:DeleteCertificate'],
        resources: [certificates],
        conditions: { StringEquals: { [`aws:ResourceTag/${OWNER_TAG}`]: owner } },
      }),
      // Only the record by which ACM sees that the domain is ours: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/specifying-conditions-route53.html
      new iam.PolicyStatement({
        actions: ['route53:ChangeResourceRecordSets'],
        resources: [zone.hostedZoneArn],
        conditions: {
          'ForAllValues:StringLike': { 'route53:ChangeResourceRecordSetsNormalizedRecordNames': [`_*.${Token.isUnresolved(domainName) ? domainName : domainName.toLowerCase()}`] },
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
      properties: { DomainName: domainName, HostedZoneId: zone.hostedZoneId, OwnerTag: OWNER_TAG, Owner: owner },
    });
    resource.node.addDependency(allowed);
    this.certificateArn = resource.ref;
  }
}
