import { CfnOutput, Duration, Tokenization } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { SecureQueue, StageProfile, StageProfileOverrides } from '../../src';
import { imported, TOPIC_ARN } from '../checks/imported';
import { TokenPosition, RefusedToken } from '../checks/token-position';
import { photosWith } from '../photos/thumbnail-to-wasabi.token-positions';

const profile = (overrides: (value: any, scope: Construct) => StageProfileOverrides, create: (scope: Construct) => void) =>
  (scope: Construct, value: any) => {
    StageProfile.production().withOverrides(overrides(value, scope)).applyTo(scope);
    create(scope);
  };

export const TOKEN_POSITIONS: TokenPosition[] = [
  {
    of: 'StageProfileOverrides.alarmTopic',
    literal: TOPIC_ARN,
    build: profile((arn, scope) => ({ alarmTopic: imported.topic(arn, scope) }), (scope) => new SecureQueue(scope, 'Subject')),
  },
  {
    of: 'StageProfileOverrides.backupRetention',
    literal: 5,
    build: profile((days) => ({ backupRetention: Duration.days(days) }), (scope) => photosWith(scope, {})),
  },
  {
    of: 'StageProfileOverrides.minimumTasks', // which no construct reads yet
    literal: 4,
    build: profile((minimumTasks) => ({ minimumTasks }), (scope) => new CfnOutput(scope, 'Read', { value: Tokenization.stringifyNumber(StageProfile.of(scope).minimumTasks) })),
  },
];

export const REFUSED_TOKENS: RefusedToken[] = [
  {
    of: 'StageProfileOverrides.availabilityZones',
    why: 'it decides how many subnets there are',
    build: (_, availabilityZones) => StageProfile.production().withOverrides({ availabilityZones }),
    error: 'StageProfile: \'availabilityZones\' must be known at synthesis, got a token: networks have subnets in each zone',
  },
  {
    of: 'StageProfileOverrides.backupRetention',
    why: 'it would have to be converted',
    build: (_, number) => StageProfile.production().withOverrides({ backupRetention: Duration.hours(number) }),
    error: 'StageProfile: \'backupRetention\' must be made by Duration.days() where its value is a token, which cannot be converted',
  },
];
