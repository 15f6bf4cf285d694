export const ACCOUNT = '123456789012';
export const REGION = 'eu-west-3';

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Record<string, any>;
}

const PSEUDO_PARAMETERS: Record<string, string> = {
  'AWS::AccountId': ACCOUNT,
  'AWS::Partition': 'aws',
  'AWS::Region': REGION,
  'AWS::StackId': `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/Stack/51af3dc0-da77-11e4-872e-1234567db123`,
  'AWS::StackName': 'Stack',
  'AWS::URLSuffix': 'amazonaws.com',
};

interface Kind {
  /** The property that gives the physical name, if any does. */
  readonly name?: string;
  readonly arn: (name: string) => string;
  /** What `Ref` answers; the name if absent. */
  readonly ref?: (name: string) => string;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html, "Return values" of each. */
const KINDS: Record<string, Kind> = {
  'AWS::Events::Rule': { name: 'Name', arn: (name) => `arn:aws:events:${REGION}:${ACCOUNT}:rule/${name}` },
  'AWS::IAM::Role': { name: 'RoleName', arn: (name) => `arn:aws:iam::${ACCOUNT}:role/${name}` },
  'AWS::KMS::Key': { arn: (name) => `arn:aws:kms:${REGION}:${ACCOUNT}:key/${name}` },
  'AWS::Lambda::Function': { name: 'FunctionName', arn: (name) => `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}` },
  'AWS::Logs::LogGroup': { name: 'LogGroupName', arn: (name) => `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${name}:*` },
  'AWS::S3::Bucket': { name: 'BucketName', arn: (name) => `arn:aws:s3:::${name.toLowerCase()}`, ref: (name) => name.toLowerCase() },
  'AWS::SNS::Topic': {
    name: 'TopicName', arn: (name) => `arn:aws:sns:${REGION}:${ACCOUNT}:${name}`, ref: (name) => `arn:aws:sns:${REGION}:${ACCOUNT}:${name}`,
  },
  'AWS::SSM::Parameter': { name: 'Name', arn: (name) => `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/${name}` },
  'AWS::SQS::Queue': {
    name: 'QueueName', arn: (name) => `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}`, ref: (name) => `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${name}`,
  },
};

/**
 * What CloudFormation would make of the intrinsics of a template in one account. What it does not know is an error: a policy with a hole
 * in it would match nothing, and every denial would look proven.
 */
export class Intrinsics {
  constructor(private readonly resources: Record<string, TemplateResource>) {}

  resolve(value: unknown): any {
    if (Array.isArray(value)) return value.map((item) => this.resolve(item));
    if (typeof value !== 'object' || value === null) return value;
    const intrinsic = Object.entries(value).find(([key]) => key === 'Ref' || key.startsWith('Fn::'));
    if (intrinsic) return this.intrinsic(...intrinsic);
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.resolve(item)]));
  }

  arnOf(logicalId: string): string {
    return this.kindOf(logicalId).arn(this.nameOf(logicalId));
  }

  private intrinsic(name: string, argument: any): any {
    switch (name) {
      case 'Ref': return this.ref(argument);
      case 'Fn::GetAtt': return this.attribute(argument[0], argument[1]);
      case 'Fn::Join': return this.resolve(argument[1]).join(argument[0]);
      case 'Fn::Select': return this.resolve(argument[1])[Number(argument[0])] ?? unresolved(name, argument);
      case 'Fn::Sub': return typeof argument === 'string' ? this.substituted(argument) : unresolved(name, argument);
      case 'Fn::Split': return this.resolve(argument[1]).split(argument[0]);
      default: return unresolved(name, argument);
    }
  }

  private substituted(text: string): string {
    return text.replace(/\$\{([^!}]+)\}/g, (_, name: string) => (name.includes('.') ? unresolved('Fn::Sub', text) : this.ref(name)));
  }

  private ref(id: string): string {
    if (id in PSEUDO_PARAMETERS) return PSEUDO_PARAMETERS[id];
    const { ref } = this.kindOf(id);
    return ref ? ref(this.nameOf(id)) : this.nameOf(id);
  }

  private attribute(id: string, attribute: string): string {
    return attribute === 'Arn' ? this.arnOf(id) : unresolved('Fn::GetAtt', [id, attribute]);
  }

  private nameOf(id: string): string {
    const { name } = this.kindOf(id);
    return this.resolve((name && this.resources[id].Properties?.[name]) ?? id);
  }

  private kindOf(id: string): Kind {
    return KINDS[this.resources[id]?.Type] ?? unresolved('Ref', `${id}, ${this.resources[id]?.Type ?? 'which is not in the template'}`);
  }
}

function unresolved(name: string, argument: unknown): never {
  throw new Error(`unresolved intrinsic: ${name} of ${JSON.stringify(argument)}`);
}
