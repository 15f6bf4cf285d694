import { ArnFormat, CustomResource, Duration, Stack } from 'aws-cdk-lib';
import { Distribution } from 'aws-cdk-lib/aws-cloudfront';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { EDGE_REGION, OWNER_TAG } from './domain';
import { acknowledgeWildcard } from '../../shared/acknowledge';
import { DeploymentFunction } from '../../shared/deployment-function';
import { addOrWarn } from '../../shared/resource-policies';
import { nameInThisStack, stackScopedName } from '../../shared/stack-scoped-name';

interface CdnLogsProps {
  readonly distribution: Distribution;
  readonly bucket: IBucket;
  /** Creates the function that sets them up, where CloudFormation cannot. */
  readonly edge: () => DeploymentFunction;
  /** Whether URLs may be signed: whoever has such a URL may read what it is for. */
  readonly signed: boolean;
}

const FORMAT = 'w3c';

/**
 * All fields of standard logs but for cookies, which may be a visitor's session; query strings, which may be a signature, go where there are any.
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html
 */
const FIELDS = [
  'date', 'time', 'x-edge-location', 'sc-bytes', 'c-ip', 'cs-method', 'cs(Host)', 'cs-uri-stem', 'sc-status', 'cs(Referer)', 'cs(User-Agent)',
  'cs-uri-query', 'x-edge-result-type', 'x-edge-request-id', 'x-host-header', 'cs-protocol', 'cs-bytes', 'time-taken', 'x-forwarded-for',
  'ssl-protocol', 'ssl-cipher', 'x-edge-response-result-type', 'cs-protocol-version', 'fle-status', 'fle-encrypted-fields', 'c-port',
  'time-to-first-byte', 'x-edge-detailed-result-type', 'sc-content-type', 'sc-content-len', 'sc-range-start', 'sc-range-end',
];

/**
 * Delivers the access logs of a distribution into a bucket (standard logging v2), which is set up in us-east-1, wherever the bucket is.
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html
 */
export class CdnLogs extends Construct {
  private readonly fields: string[];

  constructor(scope: Construct, id: string, { distribution, bucket, edge, signed }: CdnLogsProps) {
    super(scope, id);
    this.fields = signed ? FIELDS.filter((field) => field !== 'cs-uri-query') : FIELDS;
    const isAtEdge = Stack.of(this).region === EDGE_REGION;
    // Two names, as a stack may learn later where it is: the function would take back, by its name, what CloudFormation has made since. No label is in them:
    // a distribution has one source, and CloudFormation would create the one of the new name while the one of the old name is there.
    const name = stackScopedName(this, { words: [scope.node.id, isAtEdge ? 'access-logs' : 'logs'], maxLength: 60 }); // the longest that CloudWatch Logs takes
    this.allowDelivery(bucket, this.arnOf('delivery-source', name));
    if (isAtEdge) this.deliver(name, distribution, bucket);
    else this.deliverByFunction(name, distribution, bucket, edge());
  }

  private deliver(name: string, distribution: Distribution, bucket: IBucket): void {
    const source = new logs.CfnDeliverySource(this, 'Source', { name, resourceArn: distribution.distributionArn, logType: 'ACCESS_LOGS' });
    const destination = new logs.CfnDeliveryDestination(this, 'Destination', { name, outputFormat: FORMAT, destinationResourceArn: bucket.bucketArn });
    const delivery = new logs.CfnDelivery(this, 'Delivery', { deliverySourceName: name, deliveryDestinationArn: destination.attrArn, recordFields: this.fields });
    delivery.node.addDependency(source);
    if (bucket.policy) destination.node.addDependency(bucket.policy);
  }

  private deliverByFunction(name: string, distribution: Distribution, bucket: IBucket, edge: DeploymentFunction): void {
    const parts = ['delivery-source', 'delivery-destination'].map((kind) => this.arnOf(kind, name));
    const ofThisStack = nameInThisStack();
    const formerParts = ['delivery-source', 'delivery-destination'].map((kind) => this.arnOf(kind, ofThisStack));
    const allowed = edge.allow(
      this,
      new iam.PolicyStatement({ actions: ['logs:PutDeliverySource', 'logs:PutDeliveryDestination', 'logs:CreateDelivery'], resources: parts }),
      // Stacks of before have the labels of then in these names.
      new iam.PolicyStatement({ actions: ['logs:DeleteDeliverySource'], resources: formerParts }),
      new iam.PolicyStatement({ actions: ['logs:DeleteDeliveryDestination'], resources: formerParts.slice(1) }),
      // The id of a delivery is known only when it is there, so its tag says whose it is.
      new iam.PolicyStatement({
        actions: ['logs:CreateDelivery', 'logs:TagResource'], resources: ['*'], conditions: { StringEquals: { [`aws:RequestTag/${OWNER_TAG}`]: name } },
      }),
      new iam.PolicyStatement({ actions: ['logs:DeleteDelivery'], resources: ['*'], conditions: { StringLike: { [`aws:ResourceTag/${OWNER_TAG}`]: ofThisStack } } }),
      new iam.PolicyStatement({ actions: ['logs:DescribeDeliveries'], resources: ['*'] }), // has no narrower resource
      new iam.PolicyStatement({ actions: ['cloudfront:AllowVendedLogDeliveryForResource'], resources: [distribution.distributionArn] }),
      new iam.PolicyStatement({ actions: ['s3:GetBucketPolicy'], resources: [bucket.bucketArn] }),
    );
    const resource = new CustomResource(this, 'Resource', {
      resourceType: 'Custom::EdgeLogDelivery',
      serviceToken: edge.serviceToken,
      serviceTimeout: Duration.minutes(5),
      properties: {
        Name: name,
        DistributionArn: distribution.distributionArn,
        BucketArn: bucket.bucketArn,
        Format: FORMAT,
        Fields: this.fields,
        OwnerTag: OWNER_TAG,
      },
    });
    acknowledgeWildcard(allowed, formerParts, 'names that a delivery of this stack had before: they end with the id of the stack');
    acknowledgeWildcard(allowed, '*', 'the id of a delivery is known only when it is there: the conditions say which tag it has; all may be listed');
    resource.node.addDependency(allowed);
    if (bucket.policy) resource.node.addDependency(bucket.policy);
  }

  private allowDelivery(bucket: IBucket, sourceArn: string): void {
    const { account } = Stack.of(this);
    addOrWarn(bucket, new iam.PolicyStatement({
      principals: [new iam.ServicePrincipal('delivery.logs.amazonaws.com')],
      actions: ['s3:PutObject'],
      resources: [bucket.arnForObjects(`AWSLogs/${account}/*`)],
      conditions: {
        ArnLike: { 'aws:SourceArn': sourceArn },
        StringEquals: { 'aws:SourceAccount': account, 's3:x-amz-acl': 'bucket-owner-full-control' },
      },
    }), { owner: this, id: 'StaticMediaCdn.LogBucketPolicyUnchanged', otherwise: 'no log arrives' });
  }

  private arnOf(resource: string, resourceName: string): string {
    return Stack.of(this).formatArn({ service: 'logs', region: EDGE_REGION, resource, resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
  }
}
