import { Annotations } from 'aws-cdk-lib';
import { IAlarm, IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge';

interface NotifiableAlarm extends IAlarm {
  addAlarmAction(...actions: IAlarmAction[]): void;
}

/**
 * Sends a construct's alarms to its topic, or says that nobody will hear them.
 */
export function notifyOrWarn(owner: Construct, alarms: NotifiableAlarm[], topic: ITopic | undefined): void {
  if (!topic) {
    Annotations.of(owner).addWarningV2(
      'cdk-mainstay:AlarmsUnheard',
      'alarms of this construct notify nobody: set \'alarmTopic\' here or on the StageProfile, or acknowledge this',
    );
    const alarmAction = 'no topic was given, of which the construct warns (cdk-mainstay:AlarmsUnheard): \'alarmTopic\', here or on the StageProfile, is notified';
    alarms.forEach((alarm) => acknowledge(alarm, { alarmAction }));
    return;
  }
  // What aws-cloudwatch-actions' SnsAction returns, without loading that module and the dozen it stands on.
  const action: IAlarmAction = { bind: () => ({ alarmActionArn: topic.topicArn }) };
  alarms.forEach((alarm) => alarm.addAlarmAction(action));
}
