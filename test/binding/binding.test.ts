import { App, CfnParameter, Stack, Token } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { InstanceType, Port, SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, ContainerDefinition, ContainerImage, Ec2Service, Ec2TaskDefinition, ExternalService, ExternalTaskDefinition, FargateService, FargateTaskDefinition, Secret as EcsSecret } from 'aws-cdk-lib/aws-ecs';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Binding, BindingTarget, DatabaseEngine, EncryptedCache, EncryptedDatabase, IBinding, IBindingTarget } from '../../src';

const IMAGE = ContainerImage.fromRegistry('example/web:1.4.0');

function build() {
  const stack = new Stack(new App(), 'Stack');
  const vpc = new Vpc(stack, 'Vpc', { natGateways: 0 });
  return { stack, vpc, cluster: new Cluster(stack, 'Cluster', { vpc }) };
}

function fargate(given: { environment?: Record<string, string>; secrets?: (stack: Stack) => Record<string, EcsSecret> } = {}) {
  const { stack, cluster } = build();
  const taskDefinition = new FargateTaskDefinition(stack, 'Task');
  const container = taskDefinition.addContainer('web', { image: IMAGE, environment: given.environment, secrets: given.secrets?.(stack) });
  const service = new FargateService(stack, 'Service', { cluster, taskDefinition });
  return { stack, container, service, target: BindingTarget.container(container, service) };
}

function inLambda(given: { environment?: Record<string, string>; vpc?: boolean } = {}) {
  const { stack, vpc } = build();
  const fn = new Function(stack, 'Function', {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromInline('exports.handler = () => {}'),
    environment: given.environment,
    vpc: given.vpc ? vpc : undefined,
    allowPublicSubnet: given.vpc,
  });
  return { stack, fn, target: BindingTarget.lambdaFunction(fn) };
}

const ofContainer = (stack: Stack) => Object.values(Template.fromStack(stack).findResources('AWS::ECS::TaskDefinition'))[0].Properties.ContainerDefinitions[0];
const ofFunction = (stack: Stack) => Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Function'))[0].Properties.Environment.Variables;

/** What a role of the template may do, by the id of its policy. */
function allowed(stack: Stack, policy: string): unknown[] {
  const policies = Object.entries(Template.fromStack(stack).findResources('AWS::IAM::Policy')).filter(([id]) => id.startsWith(policy));
  return policies.flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement);
}

const setting = (name: string, value: string, origin: string = 'a test'): IBinding => ({ bind: (target) => target.addSetting(name, value, origin) });
const port = (stack: Stack, vpc: Vpc): IBinding => {
  const connections = new SecurityGroup(stack, 'Server', { vpc, allowAllOutbound: false }).connections;
  return { bind: (target: IBindingTarget) => connections.allowFrom(target, Port.tcp(6379)) };
};

describe('a container', () => {
  test('gets a plain setting as an environment variable', () => {
    const { stack, target } = fargate({ environment: { OWN: 'x' } });
    target.use(setting('HOST', 'cache.example.org'), setting('PORT', '6379'));
    expect(ofContainer(stack).Environment).toEqual([{ Name: 'OWN', Value: 'x' }, { Name: 'HOST', Value: 'cache.example.org' }, { Name: 'PORT', Value: '6379' }]);
  });

  test('gets a secret by ECS, whose execution role may read it, and the application may not', () => {
    const { stack, target } = fargate();
    target.use(Binding.secret(new Secret(stack, 'Secret'), 'TOKEN'), Binding.secret(new Secret(stack, 'Json'), 'PASSWORD', 'password'));

    expect(ofContainer(stack)).toMatchObject({
      Secrets: [
        { Name: 'TOKEN', ValueFrom: { Ref: expect.stringMatching(/^Secret/) } },
        { Name: 'PASSWORD', ValueFrom: { 'Fn::Join': ['', [{ Ref: expect.stringMatching(/^Json/) }, ':password::']] } },
      ],
    });
    expect(ofContainer(stack)).not.toHaveProperty('Environment');
    expect(allowed(stack, 'TaskTaskRole')).toEqual([]);
    expect(allowed(stack, 'TaskExecutionRole')).toHaveLength(2);
  });

  test('opens a port to the security group of its service', () => {
    const { stack, target, service } = fargate();
    target.use(port(stack, service.cluster.vpc as Vpc));
    Template.fromStack(stack).hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      FromPort: 6379, ToPort: 6379, SourceSecurityGroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^ServiceSecurityGroup'), 'GroupId'] },
    });
  });

  test('on instances, opens a port to the security group of the cluster\'s instances', () => {
    const { stack, vpc, cluster } = build();
    cluster.addCapacity('Instances', { instanceType: new InstanceType('t4g.small'), vpcSubnets: { subnets: vpc.publicSubnets } });
    const taskDefinition = new Ec2TaskDefinition(stack, 'Task');
    const container = taskDefinition.addContainer('web', { image: IMAGE, memoryLimitMiB: 256 });
    BindingTarget.container(container, new Ec2Service(stack, 'Service', { cluster, taskDefinition })).use(port(stack, vpc));
    Template.fromStack(stack).hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      FromPort: 6379, SourceSecurityGroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('InstanceSecurityGroup'), 'GroupId'] },
    });
  });

  test('outside of AWS, opens a port to what its user says', () => {
    const { stack, vpc, cluster } = build();
    const taskDefinition = new ExternalTaskDefinition(stack, 'Task');
    const container = taskDefinition.addContainer('web', { image: IMAGE, memoryLimitMiB: 256 });
    new ExternalService(stack, 'Service', { cluster, taskDefinition });
    BindingTarget.container(container, new SecurityGroup(stack, 'Hosts', { vpc })).use(port(stack, vpc));
    Template.fromStack(stack).hasResourceProperties('AWS::EC2::SecurityGroupIngress', { SourceSecurityGroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Hosts'), 'GroupId'] } });
  });

  test('without a security group takes what needs no network, and refuses what does', () => {
    const { stack, vpc, cluster } = build();
    const taskDefinition = new Ec2TaskDefinition(stack, 'Task');
    const container = taskDefinition.addContainer('web', { image: IMAGE, memoryLimitMiB: 256 });
    const target = BindingTarget.container(container, new Ec2Service(stack, 'Service', { cluster, taskDefinition }));
    target.use(setting('HOST', 'x'));
    expect(() => target.use(port(stack, vpc))).toThrow(
      'Stack/Task/web: a resource in a network can be reached from a security group only, and what runs this container has none: for an Ec2Service without awsvpc, ' +
      'add the capacity to its cluster before the service',
    );
  });
});

describe('a function', () => {
  test('gets a plain setting as an environment variable', () => {
    const { stack, target } = inLambda({ environment: { OWN: 'x' } });
    target.use(setting('HOST', 'cache.example.org'));
    expect(ofFunction(stack)).toEqual({ OWN: 'x', HOST: 'cache.example.org' });
  });

  test('gets a secret as its ARN, and may read it', () => {
    const { stack, target } = inLambda();
    target.use(Binding.secret(new Secret(stack, 'Secret'), 'TOKEN'), Binding.secret(Secret.fromSecretNameV2(stack, 'Named', 'mails'), 'MAILS', 'password'));
    expect(ofFunction(stack)).toEqual({ TOKEN: { Ref: expect.stringMatching(/^Secret/) }, MAILS: 'mails' });
    expect(allowed(stack, 'FunctionServiceRole')).toMatchObject([
      { Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'], Resource: { Ref: expect.stringMatching(/^Secret/) } },
      { Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'], Resource: { 'Fn::Join': ['', expect.arrayContaining([':secret:mails-??????'])] } },
    ]);
  });

  test('in a network, opens a port to its security group', () => {
    const { stack, target, fn } = inLambda({ vpc: true });
    target.use(port(stack, stack.node.findChild('Vpc') as Vpc));
    expect(fn.isBoundToVpc).toBe(true);
    Template.fromStack(stack).hasResourceProperties('AWS::EC2::SecurityGroupIngress', { SourceSecurityGroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^FunctionSecurityGroup'), 'GroupId'] } });
  });

  test('in no network refuses what needs one', () => {
    const { stack, target } = inLambda();
    expect(() => target.use(port(stack, stack.node.findChild('Vpc') as Vpc))).toThrow(
      'Stack/Function: a resource in a network can be reached from there only, and this function is in none: give the function its \'vpc\'',
    );
  });
});

describe.each([['a container', fargate, 'Stack/Task/web', 'the container\'s own environment'], ['a function', inLambda, 'Stack/Function', 'the function\'s own environment']])('a name set twice in %s', (_, make, path, own) => {
  const twice = (first: string, second: string) => `${path}: the setting 'HOST' is set twice, first by ${first} and then by ${second}: give one of them another name`;

  test('fails, and says who set it first', () => {
    const { target } = make();
    expect(() => target.use(setting('HOST', 'x', 'Stack/One.binding()'), setting('HOST', 'x', 'Stack/Two.binding()'))).toThrow(twice('Stack/One.binding()', 'Stack/Two.binding()'));
  });

  test('fails where the application set it itself', () => {
    const { target } = make({ environment: { HOST: 'x' } });
    expect(() => target.use(setting('HOST', 'y'))).toThrow(twice(own, 'a test'));
  });

  test('fails between a setting and a secret', () => {
    const { stack, target } = make();
    target.use(setting('HOST', 'x'));
    expect(() => target.use(Binding.secret(new Secret(stack, 'Secret'), 'HOST'))).toThrow(twice('a test', 'Binding.secret(Stack/Secret)'));
  });

  test('fails the synthesis where a later line set it over a binding', () => {
    const made = make();
    made.target.use(setting('HOST', 'x'));
    ('fn' in made ? made.fn : made.container).addEnvironment('HOST', 'y');
    expect(() => Template.fromStack(made.stack)).toThrow('the setting \'HOST\' is set twice, first by a test and then by a later line: give one of them another name');
  });

  test('does not fail where a value is of another stack', () => {
    const { stack, target } = make();
    const bucket = new Bucket(new Stack(stack.node.root as App, 'Other'), 'Bucket');
    target.use(Binding.bucketRead(bucket, { bucket: 'HOST' }));
    expect(JSON.stringify(Template.fromStack(stack))).toContain('Fn::ImportValue');
  });

  test('does not come to it where it is a token', () => {
    expect(() => make().target.use(setting(Token.asString({ Ref: 'X' }), 'x'))).toThrow(`${path}: the name of a setting must be known at synthesis, got a token from a test`);
  });
});

describe('the name of a setting', () => {
  test.each(['', 'A B', 'A=B', 'A\n'])('must be one that a process can have, of a container: not %j', (name) => {
    expect(() => fargate().target.use(setting(name, 'x'))).toThrow(
      `Stack/Task/web: the name of a setting must have at least one character, and no spaces and no '=', got '${name}' from a test`,
    );
  });

  test.each(['X', '1A', '_X', 'jobs.url', 'JOBS-URL'])('may be %j of a container', (name) => {
    const { stack, target } = fargate();
    target.use(setting(name, 'x'));
    expect(ofContainer(stack).Environment).toEqual([{ Name: name, Value: 'x' }]);
  });

  test.each(['', 'U', '1A', '_X', 'JOBS-URL', 'jobs.url', 'A B', 'A=B', 'Ä1', 'JOBS\n'])('must be one that Lambda takes, of a function: not %j', (name) => {
    expect(() => inLambda().target.use(setting(name, 'x'))).toThrow(
      `Stack/Function: the name of a setting must begin with a letter, have two characters or more, and consist of letters, digits and underscores, as Lambda takes no other, got '${name}' from a test`,
    );
  });

  test.each(['U1', 'jobsUrl', 'J_'])('may be %j of a function', (name) => {
    const { stack, target } = inLambda();
    target.use(setting(name, 'x'));
    expect(ofFunction(stack)).toEqual({ [name]: 'x' });
  });
});

describe('a secret by a name that ends in a hyphen and six characters', () => {
  const named = (stack: Stack, name: string) => Secret.fromSecretNameV2(stack, name, name);
  const partial = (stack: Stack, name: string) => Secret.fromSecretPartialArn(stack, name, `arn:aws:secretsmanager:eu-west-1:111122223333:secret:${name}`);

  test.each([['by its name', named], ['by its partial ARN', partial]])('is refused of a container, which gets an ARN: %s', (_, imported) => {
    const { stack, target } = fargate();
    for (const name of ['demo/django-secret', 'api-Acc3ss']) {
      expect(() => target.use(Binding.secret(imported(stack, name), 'TOKEN', 'key'))).toThrow(
        `Stack/Task/web: the setting 'TOKEN' from Binding.secret(Stack/${name.replace('/', '--')}) must have the complete ARN of its secret, got the partial ARN of ${name}: its name ends in a hyphen and six ` +
        'characters, which are read as the end of a complete ARN, and no secret is found; import it by Secret.fromSecretCompleteArn()',
      );
    }
  });

  test.each(['demo/django-secrets', 'django_secret', 'secret', 'a-b-c'])('and no other is refused: %s', (name) => {
    const { stack, target } = fargate();
    target.use(Binding.secret(named(stack, name), 'TOKEN'), Binding.secret(partial(stack, `other/${name}`), 'OTHER'));
    expect(JSON.stringify(ofContainer(stack).Secrets)).toContain(`:secret:${name}`);
  });

  test('is taken of a container by its complete ARN, of a function by its name, and by the permission of both', () => {
    const [container, fn] = [fargate(), inLambda()];
    const complete = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:demo/django-secret-a1b2c3';
    container.target.use(Binding.secret(Secret.fromSecretCompleteArn(container.stack, 'Secret', complete), 'TOKEN'));
    expect(ofContainer(container.stack).Secrets).toEqual([{ Name: 'TOKEN', ValueFrom: complete }]);
    fn.target.use(Binding.secret(named(fn.stack, 'demo/django-secret'), 'TOKEN'));
    expect(ofFunction(fn.stack)).toEqual({ TOKEN: 'demo/django-secret' });
    expect(JSON.stringify(allowed(fn.stack, 'FunctionServiceRole'))).toContain(':secret:demo/django-secret-??????');
  });

  test('that is a token is not looked at', () => {
    const { stack, target } = fargate();
    const stage = new CfnParameter(stack, 'Stage').valueAsString;
    target.use(Binding.secret(Secret.fromSecretNameV2(stack, 'Secret', stage), 'TOKEN'));
    expect(JSON.stringify(ofContainer(stack).Secrets)).toContain('"Ref":"Stage"');
    expect(() => target.use(Binding.secret(Secret.fromSecretNameV2(stack, 'Ending', `${stage}-secret`), 'OTHER'))).toThrow('import it by Secret.fromSecretCompleteArn()');
  });
});

describe('the ARN of a secret', () => {
  const json = (stack: Stack) => ({ user: Binding.secret(own(stack), 'DB_USER', 'username'), password: Binding.secret(own(stack), 'DB_PASSWORD', 'password') });
  const own = (stack: Stack) => stack.node.tryFindChild('Json') as Secret | undefined ?? new Secret(stack, 'Json');
  const warnings = (stack: Stack) => Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('ArnInsteadOfValue')).map(({ id, entry }) => `${id}: ${entry.data}`);

  test('in place of a field is warned of in a function', () => {
    const { stack, target } = inLambda();
    target.use(json(stack).password);
    expect(ofFunction(stack)).toEqual({ DB_PASSWORD: { Ref: expect.stringMatching(/^Json/) } });
    expect(warnings(stack)).toEqual([expect.stringMatching(
      /^\/Stack\/Function: the setting 'DB_PASSWORD' from Binding\.secret\(Stack\/Json\) holds the ARN of the secret Stack\/Json, and not its field 'password', .* by 'secretArn' of the binding/,
    )]);
  });

  test('is not warned of where it is what was asked for, nor is a field in a container', () => {
    const [fn, container] = [inLambda(), fargate()];
    fn.target.use(Binding.secret(new Secret(fn.stack, 'Secret'), 'SECRET_ARN'));
    container.target.use(json(container.stack).user, json(container.stack).password);
    expect([...warnings(fn.stack), ...warnings(container.stack)]).toEqual([]);
  });

  test('in two names of a function is an error, which says what to write', () => {
    const { stack, target } = inLambda();
    target.use(json(stack).user);
    expect(() => target.use(json(stack).password)).toThrow(
      'Stack/Function: the setting \'DB_PASSWORD\' from Binding.secret(Stack/Json) would hold the ARN of the secret Stack/Json, as \'DB_USER\' from Binding.secret(Stack/Json) does: a function gets ' +
      'the ARN of a secret, and not its fields; ask for the ARN alone, by \'secretArn\' of the binding, or by Binding.secret() without a field, and read the fields at run time by GetSecretValue',
    );
  });

  const resources: Record<string, (stack: Stack, vpc: Vpc) => { resource: EncryptedDatabase | EncryptedCache; secret: RegExp }> = {
    'a database': (stack, vpc) => ({ resource: new EncryptedDatabase(stack, 'Data', { vpc, engine: DatabaseEngine.postgres(), databaseName: 'app' }), secret: /^DataConnection/ }),
    'a cache': (stack, vpc) => ({ resource: new EncryptedCache(stack, 'Data', { vpc }), secret: /^DataSecret/ }),
  };

  describe.each(Object.entries(resources))('of %s', (_, make) => {
    const network = () => {
      const stack = new Stack(new App(), 'Stack');
      return { stack, vpc: new Vpc(stack, 'Vpc') };
    };
    const lambdaIn = (stack: Stack, vpc: Vpc) => new Function(stack, 'Function', { vpc, runtime: Runtime.NODEJS_24_X, handler: 'index.handler', code: Code.fromInline('exports.handler = 0') });

    test('has a name of its own, by which a function reads it', () => {
      const { stack, vpc } = network();
      const { resource, secret } = make(stack, vpc);
      BindingTarget.lambdaFunction(lambdaIn(stack, vpc)).use(resource.binding({ host: 'DB_HOST', secretArn: 'SECRET_ARN' }));
      const [{ Properties }] = Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Function', { Properties: { Environment: { Variables: { SECRET_ARN: Match.anyValue() } } } }));
      expect(Properties.Environment.Variables.SECRET_ARN).toEqual({ Ref: expect.stringMatching(secret) });
      expect(allowed(stack, 'FunctionServiceRole')).toContainEqual(expect.objectContaining({
        Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'], Resource: { Ref: expect.stringMatching(secret) },
      }));
      expect(warnings(stack)).toEqual([]);
    });

    test('in two names of a function is refused', () => {
      const { stack, vpc } = network();
      const { resource } = make(stack, vpc);
      const names = { url: 'DATA_URL', host: 'DATA_HOST', password: 'DATA_PASSWORD' };
      expect(() => BindingTarget.lambdaFunction(lambdaIn(stack, vpc)).use(resource.binding(names))).toThrow(/'DATA_\w+' from Stack\/Data\.binding\(\) would hold the ARN of the secret Stack\/Data\/\w+, as 'DATA_\w+'/);
    });

    test('is read in a container by the application, and not by what starts it', () => {
      const { stack, vpc } = network();
      const { resource, secret } = make(stack, vpc);
      const taskDefinition = new FargateTaskDefinition(stack, 'Task');
      const web = taskDefinition.addContainer('web', { image: IMAGE });
      BindingTarget.container(web, new FargateService(stack, 'Service', { cluster: new Cluster(stack, 'Cluster', { vpc }), taskDefinition })).use(resource.binding({ secretArn: 'SECRET_ARN' }));
      expect(ofContainer(stack).Environment).toEqual([{ Name: 'SECRET_ARN', Value: { Ref: expect.stringMatching(secret) } }]);
      expect(ofContainer(stack)).not.toHaveProperty('Secrets');
      expect(JSON.stringify(allowed(stack, 'TaskTaskRole'))).toContain('secretsmanager:GetSecretValue');
      expect(allowed(stack, 'TaskExecutionRole')).toEqual([]);
    });
  });
});

test('a name that the container has as a secret is set', () => {
  const { target } = fargate({ secrets: (stack) => ({ HOST: EcsSecret.fromSecretsManager(new Secret(stack, 'Own') as ISecret) }) });
  expect(() => target.use(setting('HOST', 'x'))).toThrow('first by the container\'s own secrets and then by a test');
});

test('two targets of one container know of each other', () => {
  const { target, container, service } = fargate();
  target.use(setting('HOST', 'x', 'the first'));
  expect(() => BindingTarget.container(container, service).use(setting('HOST', 'y'))).toThrow('first by the first and then by a test');
});

test('a secret set by a later line over a binding fails the synthesis', () => {
  const { stack, target, container } = fargate();
  target.use(Binding.secret(new Secret(stack, 'One'), 'TOKEN'));
  (container as ContainerDefinition).addSecret('TOKEN', EcsSecret.fromSecretsManager(new Secret(stack, 'Two')));
  expect(() => Template.fromStack(stack)).toThrow('the setting \'TOKEN\' is set twice, first by Binding.secret(Stack/One) and then by a later line');
});

describe('a bucket', () => {
  const READ = ['s3:GetObject'];
  const WRITE = ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload', 's3:DeleteObject'];
  const objects = (arn: unknown, suffix: string) => ({ 'Fn::Join': ['', [arn, suffix]] });

  test.each([['bucketRead', READ[0]], ['bucketReadWrite', WRITE]] as const)('of %s lets list it and use its objects, to the letter', (method, Action) => {
    const { stack, target } = fargate();
    target.use(Binding[method](new Bucket(stack, 'Bucket'), {}));
    const arn = { 'Fn::GetAtt': [expect.stringMatching(/^Bucket/), 'Arn'] };
    expect(allowed(stack, 'TaskTaskRole')).toEqual([
      { Effect: 'Allow', Action: 's3:ListBucket', Resource: arn },
      { Effect: 'Allow', Action, Resource: objects(arn, '/*') },
    ]);
    expect(ofContainer(stack)).not.toHaveProperty('Environment');
  });

  test('can be used in a folder only', () => {
    const { stack, target } = inLambda();
    target.use(Binding.bucketReadWrite(new Bucket(stack, 'Bucket'), { bucket: 'BUCKET', location: 'LOCATION', region: 'REGION' }, { folder: 'uploads/media' }));
    expect(ofFunction(stack)).toEqual({ BUCKET: { Ref: expect.stringMatching(/^Bucket/) }, LOCATION: 'uploads/media', REGION: { Ref: 'AWS::Region' } });
    expect(allowed(stack, 'FunctionServiceRole')[1]).toMatchObject({ Action: WRITE, Resource: objects(expect.anything(), '/uploads/media/*') });
  });

  test('gives its settings in one order, however a language orders what is asked', () => {
    const { stack, target } = fargate();
    target.use(Binding.bucketRead(new Bucket(stack, 'Bucket'), { region: 'REGION', bucket: 'BUCKET', location: 'LOCATION' }));
    expect(ofContainer(stack).Environment.map(({ Name }: { Name: string }) => Name)).toEqual(['BUCKET', 'LOCATION', 'REGION']);
  });

  test('is all of it without a folder', () => {
    const { stack, target } = inLambda();
    target.use(Binding.bucketRead(new Bucket(stack, 'Bucket'), { location: 'LOCATION' }));
    expect(ofFunction(stack)).toEqual({ LOCATION: '' });
  });

  test.each([['bucketRead', 'kms:Decrypt'], ['bucketReadWrite', ['kms:Decrypt', 'kms:GenerateDataKey']]] as const)('with a key, %s lets use the key', (method, Action) => {
    const { stack, target } = fargate();
    target.use(Binding[method](new Bucket(stack, 'Bucket', { encryptionKey: new Key(stack, 'Key') }), {}));
    expect(allowed(stack, 'TaskTaskRole')[2]).toEqual({ Effect: 'Allow', Action, Resource: { 'Fn::GetAtt': [expect.stringMatching(/^Key/), 'Arn'] } });
  });

  test.each(['', '/media', 'media/', 'a//b'])('refuses the folder %p', (folder) => {
    const bucket = Bucket.fromBucketName(new Stack(new App(), 'Stack'), 'Bucket', 'uploads');
    expect(() => Binding.bucketRead(bucket, {}, { folder })).toThrow(
      `Binding.bucketRead(Stack/Bucket): 'folder' must be one or more names with a slash between them, such as media or media/photos, got '${folder}'`,
    );
  });
});
