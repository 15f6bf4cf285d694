/** The properties that give a resource a physical name, by its type. */
export const NAMES: Record<string, string> = {
  'AWS::CloudWatch::Alarm': 'AlarmName',
  'AWS::Events::Rule': 'Name',
  'AWS::IAM::Policy': 'none: CloudFormation wants a name, which CDK makes of the logical id, and it is no physical one',
  'AWS::IAM::Role': 'RoleName',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::S3::Bucket': 'BucketName',
  'AWS::SNS::Topic': 'TopicName',
  'AWS::SSM::Parameter': 'Name',
  'AWS::SQS::Queue': 'QueueName',
};

/** Names in the template that are the same wherever it is deployed. */
export function fixedNames(template: object): string[] {
  return Object.entries<any>((template as any).Resources).flatMap(([id, { Type, Properties = {} }]) => {
    const name = Properties[NAMES[Type]];
    return name === undefined || JSON.stringify(name).includes('AWS::StackId') ? [] : [`${id}: ${JSON.stringify(name)}`];
  });
}

/** ARNs in the template that say which partition they are of. */
export function partitionsIn(template: object): string[] {
  return JSON.stringify(template).match(/arn:aws(-cn|-us-gov)?:[^"]*/g) ?? [];
}
