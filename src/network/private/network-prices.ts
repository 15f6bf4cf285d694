/**
 * List prices, in US dollars, of us-east-1 in November 2026; other regions differ. A month has 730 hours.
 *
 * @see https://aws.amazon.com/vpc/pricing/
 * @see https://aws.amazon.com/privatelink/pricing/
 * @see https://aws.amazon.com/ec2/pricing/on-demand/
 * @see https://aws.amazon.com/ebs/pricing/
 * @see https://aws.amazon.com/kms/pricing/
 * @see https://aws.amazon.com/cloudwatch/pricing/
 */
export const LIST_PRICES = {
  as: 'list prices of us-east-1, November 2026',
  hoursOfMonth: 730,
  /** An hour; a regional gateway costs as much for each of its zones. */
  natGateway: 0.045,
  natGigabyte: 0.045,
  publicIpv4: 0.005,
  /** An hour in each zone. */
  interfaceEndpoint: 0.01,
  /** Each way between two zones. */
  gigabyteBetweenZones: 0.01,
  /** An hour, by type. */
  natInstance: { 't4g.nano': 0.0042, 't4g.micro': 0.0084, 't4g.small': 0.0168, 't4g.medium': 0.0336 } as Record<string, number>,
  /** A month, for the 8 GiB of a NAT instance, as gp3. */
  natInstanceVolume: 0.64,
  /** A month. */
  key: 1,
  alarmMetric: 0.1,
};
