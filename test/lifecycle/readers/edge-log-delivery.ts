import {
  CloudWatchLogsClient, Delivery, GetDeliveryDestinationCommand, GetDeliverySourceCommand, ListTagsForResourceCommand, paginateDescribeDeliveries,
} from '@aws-sdk/client-cloudwatch-logs';
import { Reader } from './reader';

/** What the custom resource made, as CloudWatch Logs tells it in the region of the edge: a source, a destination, and the delivery between them. */
export const readEdgeLogDelivery: Reader = async ({ physicalId: name, properties }, { edgeLogs }) => {
  const { deliverySource } = await edgeLogs.send(new GetDeliverySourceCommand({ name }));
  const { deliveryDestination } = await edgeLogs.send(new GetDeliveryDestinationCommand({ name }));
  const delivery = await onlyDeliveryFrom(name, edgeLogs);
  if (delivery.deliveryDestinationArn !== deliveryDestination!.arn) throw new Error(`${name} delivers to ${delivery.deliveryDestinationArn}`);
  const { tags = {} } = await edgeLogs.send(new ListTagsForResourceCommand({ resourceArn: delivery.arn }));
  return {
    BucketArn: deliveryDestination!.deliveryDestinationConfiguration?.destinationResourceArn,
    DistributionArn: deliverySource!.resourceArns?.[0],
    Fields: delivery.recordFields,
    Format: deliveryDestination!.outputFormat,
    Name: deliverySource!.name,
    OwnerTag: tags[properties.OwnerTag] === name ? properties.OwnerTag : undefined,
  };
};

async function onlyDeliveryFrom(source: string, client: CloudWatchLogsClient): Promise<Delivery> {
  const found: Delivery[] = [];
  for await (const { deliveries = [] } of paginateDescribeDeliveries({ client }, {})) {
    found.push(...deliveries.filter(({ deliverySourceName }) => deliverySourceName === source));
  }
  if (found.length !== 1) throw new Error(`there are ${found.length} deliveries from ${source}`);
  return found[0];
}
