import { CfnElement, CustomResource, Duration, Stack, Token } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import { acknowledgeWildcard, addWarning } from '../../shared/acknowledge';
import { claim } from '../../shared/attached';
import { Checks, isUnknown } from '../../shared/checks';
import { DeploymentFunction } from '../../shared/deployment-function';
import { placeOf, requireInZone, requireIssuableName, requirePublicZone } from '../../shared/domain-names';
import { stackScopedName } from '../../shared/stack-scoped-name';
import { areTogether } from '../../shared/stacks';
import { StaticMediaCdnProps } from '../static-media-cdn-props';

/** The region that CloudFront takes certificates and log deliveries from. */
export const EDGE_REGION = 'us-east-1';

/** The tag by which the function in us-east-1 knows what it made from what others did. */
export const OWNER_TAG = 'cdk-mainstay:owner';

type Domain = Pick<StaticMediaCdnProps, 'domainName' | 'hostedZone' | 'certificate'>;

/**
 * Refuses a certificate that CloudFront does not take, or a domain for which ACM would never issue one.
 */
export function requireCertificate(checks: Checks, { domainName, hostedZone, certificate }: Domain): void {
  if (domainName === undefined) {
    if (hostedZone ?? certificate) throw checks.error(`'domainName' must be given with a '${hostedZone ? 'hostedZone' : 'certificate'}', got none`);
    return;
  }
  requireInZone(checks, domainName, hostedZone);
  if (certificate) {
    const region = placeOf(certificate).region;
    if (region !== undefined && !isUnknown(region) && region !== EDGE_REGION) {
      throw checks.error(`'certificate' must be in ${EDGE_REGION}, from where CloudFront takes it, got one in ${region}: make it in a stack there`);
    }
    const names = namesOf(certificate);
    if (names && !isUnknown(domainName) && !names.some((name) => isUnknown(name) || covers(name, domainName))) {
      throw checks.error(`'certificate' must be for 'domainName', '${domainName}', got one for ${names.join(', ')}: CloudFront refuses a domain that its certificate is not for`);
    }
    return;
  }
  requireIssuableName(checks, domainName);
  if (hostedZone) requirePublicZone(checks, hostedZone);
}

/** The names of a certificate of this app, and nothing of one that is imported. */
function namesOf({ node }: acm.ICertificate): string[] | undefined {
  const resource = node.defaultChild;
  if (!acm.CfnCertificate.isCfnCertificate(resource)) return undefined;
  return [resource.domainName, ...resource.subjectAlternativeNames ?? []];
}

/**
 * An asterisk stands for one label.
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html#alternate-domain-names-requirements
 */
function covers(name: string, domainName: string): boolean {
  const [one, other] = [name, domainName].map((each) => each.toLowerCase());
  return one === other || (one.startsWith('*.') && other.replace(/^[^.]+/, '*') === one);
}

/**
 * A domain leads to one distribution, in all accounts: CloudFront refuses the second, by CNAMEAlreadyExists.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html#alternate-domain-names-restrictions
 */
export function requireDomainOfOneCdn(owner: Construct, domainName: string | undefined): void {
  if (domainName === undefined) return;
  // A token means the same to all of its stack.
  const domain = isUnknown(domainName) ? `${Stack.of(owner).node.path} ${domainName}` : domainName.toLowerCase();
  const other = claim(owner, 'StaticMediaCdn.domainName', domain).find(({ what }) => what === domain)?.owner;
  if (!other) return;
  const text = `'domainName' must be the domain of one CDN, got '${domainName}', which is that of ${other.node.path}, too: CloudFront refuses the second one (CNAMEAlreadyExists)`;
  if (areTogether(owner, other) === 'yes') throw new Error(`${owner.node.path}: ${text}; give each a domain of its own`);
  addWarning(
    owner, 'cdk-mainstay:StaticMediaCdn.DomainTwice', `${text}, in another account as well, while both are deployed: give each a domain of its own, or acknowledge this`,
  );
}

/**
 * The certificate of a CDN: the given one, one of CloudFormation's where the stack is in us-east-1, else one that a function makes there:
 * docs/decisions/edge-certificate.md.
 */
export function edgeCertificate(
  scope: Construct, { domainName, hostedZone, certificate }: Domain, edge: () => DeploymentFunction,
): acm.ICertificate | undefined {
  if (domainName === undefined) {
    addWarning(
      scope, 'cdk-mainstay:StaticMediaCdn.DefaultCertificate',
      'without a domain of its own, the CDN is reached by CloudFront\'s certificate, with which browsers may speak TLS 1.0: set \'domainName\', or acknowledge this',
    );
    return undefined;
  }
  if (certificate) return certificate;
  if (Stack.of(scope).region === EDGE_REGION) {
    return new acm.Certificate(scope, 'Certificate', { domainName, validation: acm.CertificateValidation.fromDns(hostedZone) });
  }
  const { certificateArn } = new EdgeCertificate(scope, 'EdgeCertificate', domainName, hostedZone, edge()); // not 'Certificate': a stack may learn later where it is
  return acm.Certificate.fromCertificateArn(scope, 'IssuedCertificate', certificateArn);
}

class EdgeCertificate extends Construct {
  public readonly certificateArn: string;

  constructor(scope: Construct, id: string, domainName: string, zone: route53.IHostedZone | undefined, edge: DeploymentFunction) {
    super(scope, id);
    const domain = Token.isUnresolved(domainName) ? domainName : domainName.toLowerCase(); // as conditions compare it
    const owner = stackScopedName(this, { words: ['certificate'], maxLength: 128 });
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
      ...zone ? [validationRecord(domain, zone)] : [],
    );
    const resource = new CustomResource(this, 'Resource', {
      resourceType: 'Custom::EdgeCertificate',
      serviceToken: edge.serviceToken,
      serviceTimeout: Duration.minutes(20),
      properties: { DomainName: domain, HostedZoneId: zone?.hostedZoneId, OwnerTag: OWNER_TAG, Owner: owner },
    });
    acknowledgeWildcard(allowed, '*', 'the id of a certificate is known only when it is there: the conditions say which domain and which tag it has');
    resource.node.addDependency(allowed);
    this.certificateArn = zone ? resource.ref : this.arnOnceIssued(resource, domain, edge);
  }

  /** Somebody else creates the record while the deployment waits, which shows it as the id of a resource before. */
  private arnOnceIssued(requested: CustomResource, domainName: string, { serviceToken }: DeploymentFunction): string {
    const DnsRecord = requested.getAttString('DnsRecord');
    const shown = new CustomResource(this, 'DnsRecord', {
      resourceType: 'Custom::DnsRecordToCreate',
      serviceToken,
      serviceTimeout: Duration.minutes(5),
      properties: { DnsRecord },
    });
    const issued = new CustomResource(this, 'Issued', {
      resourceType: 'Custom::IssuedCertificate',
      serviceToken,
      serviceTimeout: Duration.minutes(20),
      properties: { CertificateArn: requested.ref, DomainName: domainName, DnsRecord },
    });
    issued.node.addDependency(shown);
    this.warnOfAwaitedRecord(shown);
    return issued.getAttString('CertificateArn');
  }

  private warnOfAwaitedRecord(shown: CustomResource): void {
    const stack = Stack.of(this);
    const name = Token.isUnresolved(stack.stackName) ? 'STACK' : stack.stackName;
    const region = Token.isUnresolved(stack.region) ? '' : `--region ${stack.region} `;
    const id = stack.getLogicalId(shown.node.defaultChild as CfnElement);
    addWarning(
      this.node.scope!, 'cdk-mainstay:StaticMediaCdn.CertificateAwaitsRecord',
      'the first deployment waits up to 13 minutes for a DNS record of \'domainName\' that you create; deployed again, it finds the record. See it meanwhile: ' +
      `aws cloudformation describe-stack-resource ${region}--stack-name ${name} --logical-resource-id ${id} --query StackResourceDetail.PhysicalResourceId --output text`,
    );
  }
}

/**
 * Allows to write the record by which ACM sees that the domain is ours, and no other.
 *
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/specifying-conditions-route53.html
 */
function validationRecord(domain: string, zone: route53.IHostedZone): iam.PolicyStatement {
  return new iam.PolicyStatement({
    actions: ['route53:ChangeResourceRecordSets'],
    resources: [zone.hostedZoneArn],
    conditions: {
      'ForAllValues:StringLike': { 'route53:ChangeResourceRecordSetsNormalizedRecordNames': [`_*.${domain}`] },
      'ForAllValues:StringEquals': {
        'route53:ChangeResourceRecordSetsActions': ['UPSERT'],
        'route53:ChangeResourceRecordSetsRecordTypes': ['CNAME'],
      },
    },
  });
}
