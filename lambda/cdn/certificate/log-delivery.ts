export interface LogDelivery {
  readonly name: string;
  readonly distributionArn: string;
  readonly bucketArn: string;
  readonly format: string;
  readonly fields: string[];
  /** The key of a tag whose value is the name. */
  readonly ownerTag: string;
}

/** The three parts of a delivery in CloudWatch Logs. What is not there is as good as removed. */
export interface Deliveries {
  putSource(name: string, resourceArn: string): Promise<void>;
  putDestination(name: string, bucketArn: string, format: string): Promise<{ readonly arn: string }>;
  connect(sourceName: string, destinationArn: string, fields: string[], tags: Record<string, string>): Promise<void>;
  /** The ids of the deliveries from a source. */
  idsOf(sourceName: string): Promise<string[]>;
  disconnect(id: string): Promise<void>;
  removeSource(name: string): Promise<void>;
  removeDestination(name: string): Promise<void>;
}

/**
 * A delivery takes few changes in place, so it is made anew; so is what an interrupted run left. What it was called before goes first: CloudWatch Logs takes one
 * source for each distribution, whatever its name is, and CloudFormation would have the old one removed only afterwards.
 *
 * @see https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/2513
 */
export async function deliverLogs(wanted: LogDelivery, formerName: string | undefined, deliveries: Deliveries): Promise<void> {
  const { name, distributionArn, bucketArn, format, fields, ownerTag } = wanted;
  if (formerName !== undefined && formerName !== name) await removeDelivery(formerName, deliveries);
  await removeDelivery(name, deliveries);
  await deliveries.putSource(name, distributionArn);
  const { arn } = await deliveries.putDestination(name, bucketArn, format);
  await deliveries.connect(name, arn, fields, { [ownerTag]: name });
}

export async function removeDelivery(name: string, deliveries: Deliveries): Promise<void> {
  for (const id of await deliveries.idsOf(name)) await deliveries.disconnect(id);
  await deliveries.removeSource(name);
  await deliveries.removeDestination(name);
}
