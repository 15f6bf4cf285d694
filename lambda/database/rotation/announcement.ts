import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';

/** What the rule in the stack of an application looks for. A test compares it with the construct's. */
export const SOURCE = 'cdk-mainstay.database';
export const DETAIL_TYPE = 'Password Rotated';

/**
 * Reports a rotation to the default event bus, so that what restarts services of other stacks hears of it. Secrets Manager's own events come by
 * CloudTrail, which not every account has.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/monitoring-eventbridge.html
 * @param secretArn the secret that applications read
 */
export async function announceRotation(client: EventBridgeClient, secretArn: string): Promise<void> {
  const entry = { Source: SOURCE, DetailType: DETAIL_TYPE, Resources: [secretArn], Detail: '{}' };
  const { FailedEntryCount, Entries } = await client.send(new PutEventsCommand({ Entries: [entry] }));
  if (FailedEntryCount) throw new Error(`EventBridge refused the event of the rotation: ${Entries?.[0]?.ErrorCode} ${Entries?.[0]?.ErrorMessage}`);
}
