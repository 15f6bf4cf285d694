export const ACCOUNT = '123456789012';
export const REGION = 'eu-west-3';

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Record<string, any>;
}

/** Where a stack is, in the account. */
export interface Deployment {
  readonly region: string;
  readonly stackName: string;
  readonly stackId: string;
  /** By logical id. Absent, each resource has its own name, or its logical id for one. */
  readonly physicalIds?: Record<string, string>;
  /** What services give to resources, and no name or id tells: by logical id and attribute. */
  readonly attributes?: Record<string, Record<string, string>>;
  readonly mappings?: Record<string, Record<string, Record<string, unknown>>>;
}

const IMAGINED: Deployment = {
  region: REGION,
  stackName: 'Stack',
  stackId: `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/Stack/51af3dc0-da77-11e4-872e-1234567db123`,
};

interface Kind {
  /** The property that gives the physical name, if any does. */
  readonly name?: string;
  /** The attribute that answers the physical name; that property if absent. */
  readonly nameAttribute?: string;
  readonly arn: (name: string, region: string) => string;
  /** What `Ref` answers for a name; the name if absent. */
  readonly ref?: (name: string) => string;
  /** The name in what `Ref` answers; all of it if absent. */
  readonly nameIn?: (ref: string) => string;
  /** What `Fn::GetAtt` answers in an imagined account, by attribute. */
  readonly attributes?: Record<string, string>;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html, "Return values" of each. */
const KINDS: Record<string, Kind> = {
  'AWS::Backup::BackupVault': {
    name: 'BackupVaultName', arn: (name, region) => `arn:aws:backup:${region}:${ACCOUNT}:backup-vault:${name}`,
  },
  'AWS::DynamoDB::Table': { name: 'TableName', arn: (name, region) => `arn:aws:dynamodb:${region}:${ACCOUNT}:table/${name}` },
  'AWS::ECR::Repository': { name: 'RepositoryName', arn: (name, region) => `arn:aws:ecr:${region}:${ACCOUNT}:repository/${name}` },
  'AWS::ECS::Cluster': { arn: (name, region) => `arn:aws:ecs:${region}:${ACCOUNT}:cluster/${name}` },
  'AWS::ECS::Service': { // of a cluster that the scenes call so
    arn: (name, region) => `arn:aws:ecs:${region}:${ACCOUNT}:service/apps/${name}`,
    ref: (name) => `arn:aws:ecs:${REGION}:${ACCOUNT}:service/apps/${name}`,
    nameIn: (arn) => arn.split('/').at(-1)!,
    attributes: { Name: 'web' },
  },
  'AWS::EFS::AccessPoint': { arn: (id, region) => `arn:aws:elasticfilesystem:${region}:${ACCOUNT}:access-point/${id}` },
  'AWS::EFS::FileSystem': { arn: (id, region) => `arn:aws:elasticfilesystem:${region}:${ACCOUNT}:file-system/${id}` },
  'AWS::EC2::SecurityGroup': { name: 'GroupId', arn: (id, region) => `arn:aws:ec2:${region}:${ACCOUNT}:security-group/${id}` },
  'AWS::ElastiCache::ParameterGroup': { arn: (name, region) => `arn:aws:elasticache:${region}:${ACCOUNT}:parametergroup:${name}` },
  'AWS::ElastiCache::ReplicationGroup': {
    arn: (name, region) => `arn:aws:elasticache:${region}:${ACCOUNT}:replicationgroup:${name}`,
    attributes: { 'PrimaryEndPoint.Address': 'primary.example.org' },
  },
  'AWS::ElastiCache::SubnetGroup': { arn: (name, region) => `arn:aws:elasticache:${region}:${ACCOUNT}:subnetgroup:${name}` },
  'AWS::ElastiCache::User': { arn: (name, region) => `arn:aws:elasticache:${region}:${ACCOUNT}:user:${name}` },
  'AWS::ElastiCache::UserGroup': { arn: (name, region) => `arn:aws:elasticache:${region}:${ACCOUNT}:usergroup:${name}` },
  'AWS::EC2::VPC': { arn: (name, region) => `arn:aws:ec2:${region}:${ACCOUNT}:vpc/${name}`, attributes: { DefaultSecurityGroup: 'sg-0a1b2c3d4e5f60718' } },
  'AWS::CloudFront::Distribution': { arn: (name) => `arn:aws:cloudfront::${ACCOUNT}:distribution/${name}` },
  'AWS::CloudFront::Function': { name: 'Name', arn: (name) => `arn:aws:cloudfront::${ACCOUNT}:function/${name}` },
  'AWS::CloudFront::OriginAccessControl': { name: 'Id', arn: (id) => `arn:aws:cloudfront::${ACCOUNT}:origin-access-control/${id}` },
  'AWS::Events::Rule': { name: 'Name', arn: (name, region) => `arn:aws:events:${region}:${ACCOUNT}:rule/${name}` },
  'AWS::IAM::OIDCProvider': {
    arn: (name) => `arn:aws:iam::${ACCOUNT}:oidc-provider/${name}`,
    ref: () => `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com`,
    nameIn: (arn) => arn.split('oidc-provider/')[1],
  },
  'AWS::IAM::Role': { name: 'RoleName', arn: (name) => `arn:aws:iam::${ACCOUNT}:role/${name}` },
  'AWS::IAM::User': { name: 'UserName', arn: (name) => `arn:aws:iam::${ACCOUNT}:user/${name}` },
  'AWS::KMS::Key': { arn: (name, region) => `arn:aws:kms:${region}:${ACCOUNT}:key/${name}` },
  'AWS::Lambda::Function': { name: 'FunctionName', arn: (name, region) => `arn:aws:lambda:${region}:${ACCOUNT}:function:${name}` },
  'AWS::Logs::LogGroup': { name: 'LogGroupName', arn: (name, region) => `arn:aws:logs:${region}:${ACCOUNT}:log-group:${name}:*` },
  'AWS::RDS::DBCluster': {
    name: 'DBClusterIdentifier',
    arn: (name, region) => `arn:aws:rds:${region}:${ACCOUNT}:cluster:${name}`,
    attributes: { DBClusterResourceId: 'cluster-ABCDEFGHIJKL01234' },
  },
  'AWS::RDS::DBInstance': {
    name: 'DBInstanceIdentifier',
    arn: (name, region) => `arn:aws:rds:${region}:${ACCOUNT}:db:${name}`,
    attributes: { DbiResourceId: 'db-ABCDEFGHIJKL01234' },
  },
  'AWS::RDS::DBClusterParameterGroup': { arn: (name, region) => `arn:aws:rds:${region}:${ACCOUNT}:cluster-pg:${name}` },
  'AWS::RDS::DBParameterGroup': { arn: (name, region) => `arn:aws:rds:${region}:${ACCOUNT}:pg:${name}` },
  'AWS::RDS::DBSubnetGroup': { arn: (name, region) => `arn:aws:rds:${region}:${ACCOUNT}:subgrp:${name}` },
  'AWS::SecretsManager::Secret': {
    name: 'Name',
    arn: (name, region) => `arn:aws:secretsmanager:${region}:${ACCOUNT}:secret:${name}-AbCdEf`,
    ref: (name) => `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:${name}-AbCdEf`,
    nameIn: (arn) => arn.split(':').at(-1)!.replace(/-\w{6}$/, ''),
  },
  'AWS::S3::Bucket': { name: 'BucketName', arn: (name) => `arn:aws:s3:::${name.toLowerCase()}`, ref: (name) => name.toLowerCase() },
  'AWS::SNS::Topic': {
    name: 'TopicName',
    arn: (name, region) => `arn:aws:sns:${region}:${ACCOUNT}:${name}`,
    ref: (name) => `arn:aws:sns:${REGION}:${ACCOUNT}:${name}`,
    nameIn: (arn) => arn.split(':').at(-1)!,
  },
  'AWS::StepFunctions::StateMachine': {
    name: 'StateMachineName',
    nameAttribute: 'Name',
    arn: (name, region) => `arn:aws:states:${region}:${ACCOUNT}:stateMachine:${name}`,
    ref: (name) => `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:${name}`,
    nameIn: (arn) => arn.split(':').at(-1)!,
  },
  'AWS::SSM::Parameter': { name: 'Name', arn: (name) => `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/${name}` },
  'Custom::SigningKeys': { name: 'SecretArn', arn: (secretArn) => secretArn }, // answers the secret that it was given
  'AWS::SQS::Queue': {
    name: 'QueueName',
    arn: (name, region) => `arn:aws:sqs:${region}:${ACCOUNT}:${name}`,
    ref: (name) => `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${name}`,
    nameIn: (url) => url.split('/').at(-1)!,
  },
};

/**
 * What CloudFormation would make of the intrinsics of a template in one account. What it does not know is an error: a policy with a hole
 * in it would match nothing, and every denial would look proven.
 */
export class Intrinsics {
  private readonly pseudoParameters: Record<string, string>;

  constructor(private readonly resources: Record<string, TemplateResource>, private readonly deployment = IMAGINED) {
    this.pseudoParameters = {
      'AWS::AccountId': ACCOUNT,
      'AWS::Partition': 'aws',
      'AWS::Region': deployment.region,
      'AWS::StackId': deployment.stackId,
      'AWS::StackName': deployment.stackName,
      'AWS::URLSuffix': 'amazonaws.com',
    };
  }

  resolve(value: unknown): any {
    if (Array.isArray(value)) return value.map((item) => this.resolve(item));
    if (typeof value !== 'object' || value === null) return value;
    const intrinsic = Object.entries(value).find(([key]) => key === 'Ref' || key.startsWith('Fn::'));
    if (intrinsic) return this.intrinsic(...intrinsic);
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.resolve(item)]));
  }

  arnOf(logicalId: string): string {
    return this.kindOf(logicalId).arn(this.nameOf(logicalId), this.deployment.region);
  }

  private intrinsic(name: string, argument: any): any {
    switch (name) {
      case 'Ref': return this.ref(argument);
      case 'Fn::GetAtt': return this.attribute(argument[0], argument[1]);
      case 'Fn::FindInMap': return this.mapped(argument);
      case 'Fn::Join': return this.resolve(argument[1]).join(argument[0]);
      case 'Fn::Select': return this.resolve(argument[1])[Number(argument[0])] ?? unresolved(name, argument);
      case 'Fn::Sub': return typeof argument === 'string' ? this.substituted(argument) : unresolved(name, argument);
      case 'Fn::Split': return this.resolve(argument[1]).split(argument[0]);
      default: return unresolved(name, argument);
    }
  }

  private mapped(path: unknown[]): unknown {
    const [map, key, name] = this.resolve(path);
    return this.deployment.mappings?.[map]?.[key]?.[name] ?? unresolved('Fn::FindInMap', path);
  }

  private substituted(text: string): string {
    return text.replace(/\$\{([^!}]+)\}/g, (_, name: string) => (name.includes('.') ? unresolved('Fn::Sub', text) : this.ref(name)));
  }

  private ref(id: string): string {
    if (id in this.pseudoParameters) return this.pseudoParameters[id];
    if (this.deployment.physicalIds) return this.deployment.physicalIds[id] ?? unresolved('Ref', id);
    const { ref } = this.kindOf(id);
    return ref ? ref(this.nameOf(id)) : this.nameOf(id);
  }

  private attribute(id: string, attribute: string): string {
    if (['Arn', 'BackupVaultArn', 'FunctionARN'].includes(attribute)) return this.arnOf(id);
    const given = this.deployment.attributes?.[id]?.[attribute];
    if (given !== undefined) return given;
    // Where it is deployed, this is not what the service has: a property made of it is different, and among the gaps.
    const imagined = this.kindOf(id).attributes?.[attribute];
    if (imagined !== undefined) return imagined;
    const { name, nameAttribute } = this.kindOf(id);
    return attribute === (nameAttribute ?? name) ? this.nameOf(id) : unresolved('Fn::GetAtt', [id, attribute]);
  }

  private nameOf(id: string): string {
    const { name, nameIn = (ref: string) => ref } = this.kindOf(id);
    if (this.deployment.physicalIds) return nameIn(this.ref(id));
    return this.resolve((name && this.resources[id].Properties?.[name]) ?? id);
  }

  private kindOf(id: string): Kind {
    return KINDS[this.resources[id]?.Type] ?? unresolved('Ref', `${id}, ${this.resources[id]?.Type ?? 'which is not in the template'}`);
  }
}

function unresolved(name: string, argument: unknown): never {
  throw new Error(`unresolved intrinsic: ${name} of ${JSON.stringify(argument)}`);
}
