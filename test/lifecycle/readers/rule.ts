import { DescribeRuleCommand, ListTargetsByRuleCommand } from '@aws-sdk/client-eventbridge';
import { parsed, Reader } from './reader';

export const readRule: Reader = async ({ physicalId }, { events }) => {
  const { Description, EventPattern, ScheduleExpression, State } = await events.send(new DescribeRuleCommand({ Name: physicalId }));
  const { Targets } = await events.send(new ListTargetsByRuleCommand({ Rule: physicalId }));
  return { Description, EventPattern: parsed(EventPattern), ScheduleExpression, State, Targets };
};
