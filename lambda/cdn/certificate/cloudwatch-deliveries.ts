import {
  CloudWatchLogsClient, CreateDeliveryCommand, DeleteDeliveryCommand, DeleteDeliveryDestinationCommand, DeleteDeliverySourceCommand, Delivery,
  OutputFormat, paginateDescribeDeliveries, PutDeliveryDestinationCommand, PutDeliverySourceCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { Deliveries } from './log-delivery';
import { serviceAnswer } from '../../shared/service-answer';

export class CloudWatchDeliveries implements Deliveries {
  constructor(private readonly logs: CloudWatchLogsClient) {}

  async putSource(name: string, resourceArn: string): Promise<void> {
    await this.logs.send(new PutDeliverySourceCommand({ name, resourceArn, logType: 'ACCESS_LOGS' }));
  }

  async putDestination(name: string, bucketArn: string, format: string): Promise<{ arn: string }> {
    const { deliveryDestination } = await this.logs.send(new PutDeliveryDestinationCommand({
      name, outputFormat: format as OutputFormat, deliveryDestinationConfiguration: { destinationResourceArn: bucketArn },
    }));
    return { arn: deliveryDestination!.arn! };
  }

  async connect(deliverySourceName: string, deliveryDestinationArn: string, recordFields: string[], tags: Record<string, string>): Promise<void> {
    await this.logs.send(new CreateDeliveryCommand({ deliverySourceName, deliveryDestinationArn, recordFields, tags }));
  }

  async idsOf(sourceName: string): Promise<string[]> {
    return (await this.all()).filter(({ deliverySourceName }) => deliverySourceName === sourceName).map(({ id }) => id!);
  }

  async disconnect(id: string): Promise<void> {
    try {
      await ignoreNotFound(this.logs.send(new DeleteDeliveryCommand({ id })));
    } catch (error) {
      // IAM allows it by the tag of the delivery, which one that is gone has not, such as after an answer that was lost.
      if (serviceAnswer(error).code !== 'AccessDeniedException' || await this.isThere(id)) throw error;
    }
  }

  async removeSource(name: string): Promise<void> {
    await ignoreNotFound(this.logs.send(new DeleteDeliverySourceCommand({ name })));
  }

  async removeDestination(name: string): Promise<void> {
    await ignoreNotFound(this.logs.send(new DeleteDeliveryDestinationCommand({ name })));
  }

  private async isThere(wanted: string): Promise<boolean> {
    return (await this.all()).some(({ id }) => id === wanted);
  }

  private async all(): Promise<Delivery[]> {
    const all: Delivery[] = [];
    for await (const { deliveries = [] } of paginateDescribeDeliveries({ client: this.logs }, {})) all.push(...deliveries);
    return all;
  }
}

async function ignoreNotFound(removal: Promise<unknown>): Promise<void> {
  try {
    await removal;
  } catch (error) {
    if (serviceAnswer(error).code !== 'ResourceNotFoundException') throw error;
  }
}
