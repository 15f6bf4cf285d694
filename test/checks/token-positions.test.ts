import { readFileSync } from 'fs';
import { join } from 'path';
import { App, CfnParameter, Lazy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Construct } from 'constructs';
import { listedBesideTests } from './beside-tests';
import { RefusedToken, TokenPosition } from './token-position';
import { SecureQueue, ThumbnailSpec } from '../../src';
import { databaseWith } from '../database/encrypted-database.token-positions';
import { photosWith } from '../photos/thumbnail-to-wasabi.token-positions';

const TOKEN_POSITIONS = listedBesideTests<TokenPosition>('token-positions', 'TOKEN_POSITIONS');
const REFUSED_TOKENS = listedBesideTests<RefusedToken>('token-positions', 'REFUSED_TOKENS');

/** How a token looks that was taken for what it stands for: https://docs.aws.amazon.com/cdk/v2/guide/tokens.html */
const TOKEN_AS_TEXT = /\$\{Token\[|#\{Token\[|e\+289|-1\.888/;

/** The template, and with it all warnings and errors of the tree, as text. */
function synth(build: (stack: Stack) => void): { template: any; text: string } {
  const stack = new Stack(new App(), 'Stack');
  build(stack);
  const template = Template.fromStack(stack).toJSON();
  const said = stack.node.findAll().flatMap(({ node }) => node.metadata).filter(({ type }) => /^aws:cdk:(warning|error|info)$/.test(type));
  return { template, text: JSON.stringify([template, said.map(({ data }) => data)]) };
}

/** A value that CloudFormation knows. */
function given(scope: Construct, id: string, { literal }: TokenPosition): string | number {
  return typeof literal === 'number'
    ? new CfnParameter(scope, id, { type: 'Number' }).valueAsNumber
    : new CfnParameter(scope, id, { type: 'String' }).valueAsString;
}

test.each(TOKEN_POSITIONS.filter(({ takenApart }) => !takenApart))('a token as $of comes out as the literal that it stands for', ({ literal, build }) => {
  const token = typeof literal === 'number' ? Lazy.number({ produce: () => literal }) : Lazy.string({ produce: () => literal });

  expect(synth((stack) => build(stack, token)).template).toEqual(synth((stack) => build(stack, literal)).template);
});

test.each(TOKEN_POSITIONS)('a parameter of the stack as $of arrives in the template', (position) => {
  const { text } = synth((stack) => position.build(stack, given(stack, 'Given', position)));

  expect(text).toContain('{"Ref":"Given"}');
  expect(text).not.toMatch(TOKEN_AS_TEXT);
});

/** The props of all positions of a construct, of each the first, but for one. */
function together(kind: string, stack: Stack, without?: string): { ids: string[]; props: any } {
  const firstOf = ({ of }: TokenPosition) => TOKEN_POSITIONS.find((other) => other.of === of);
  const positions = TOKEN_POSITIONS
    .filter((position) => position.props && position.of.startsWith(kind) && position.of !== without && firstOf(position) === position);
  const ids = positions.map((_, index) => `Given${index}`);
  const each = positions.map((position, index) => position.props!(given(stack, ids[index], position), stack));
  return { ids, props: Object.assign({}, ...each) };
}

describe('parameters of the stack as all props at once', () => {
  const expectAll = ({ ids, text }: { ids: string[]; text: string }) => {
    expect(ids.filter((id) => !text.includes(`{"Ref":"${id}"}`))).toEqual([]);
    expect(text).not.toMatch(TOKEN_AS_TEXT);
  };

  test('arrive from a SecureQueue', () => {
    let ids: string[] = [];
    const { text } = synth((stack) => {
      const all = together('SecureQueueProps', stack);
      ids = all.ids;
      new SecureQueue(stack, 'Subject', all.props);
    });
    expect(ids.length).toBeGreaterThanOrEqual(7);
    expectAll({ ids, text });
  });

  test('arrive from an EncryptedDatabase', () => {
    let ids: string[] = [];
    const { text } = synth((stack) => {
      const all = together('EncryptedDatabaseProps', stack);
      ids = all.ids;
      databaseWith(stack, all.props);
    });
    expect(ids.length).toBeGreaterThanOrEqual(14);
    expectAll({ ids, text });
  });

  test('arrive from a ThumbnailToWasabi', () => {
    let ids: string[] = [];
    const { text } = synth((stack) => {
      const all = together('ThumbnailToWasabiProps', stack, 'ThumbnailToWasabiProps.dropbox'); // or no bucket is new, and has logs
      const thumbnails = ThumbnailSpec.cover(400, new CfnParameter(stack, 'Height', { type: 'Number' }).valueAsNumber);
      ids = [...all.ids, 'Height'];
      photosWith(stack, { ...all.props, thumbnails: [thumbnails] });
    });
    expect(ids.length).toBeGreaterThanOrEqual(17);
    expectAll({ ids, text });
  });
});

test.each(REFUSED_TOKENS)('$of refuses a token where $why', ({ build, error }) => {
  const stack = new Stack(new App(), 'Stack');
  const number = new CfnParameter(stack, 'Number', { type: 'Number' }).valueAsNumber;
  const list = new CfnParameter(stack, 'List', { type: 'CommaDelimitedList' }).valueAsList;

  expect(() => build(stack, number, list)).toThrow(error);
});

describe('all positions in the assembly', () => {
  const types: Record<string, any> = JSON.parse(readFileSync(join(__dirname, '..', '..', '.jsii'), 'utf8')).types;

  /** What a token can be as it is, or what can be imported by one. */
  const TAKE_TOKENS = [
    'array<string>', 'aws-cdk-lib.Duration', 'aws-cdk-lib.Size', 'aws-cdk-lib.aws_ec2.IIpAddresses', 'aws-cdk-lib.aws_ec2.IVpc',
    'aws-cdk-lib.aws_events.IEventBus', 'map<string>', 'number', 'string',
    'aws-cdk-lib.aws_events.IRule', 'aws-cdk-lib.aws_kms.IKey', 'aws-cdk-lib.aws_s3.IBucket',
    'aws-cdk-lib.aws_secretsmanager.ISecret', 'aws-cdk-lib.aws_sns.ITopic',
    'aws-cdk-lib.aws_ecr.IRepository', 'aws-cdk-lib.aws_iam.IManagedPolicy', 'aws-cdk-lib.aws_iam.IOidcProvider', 'aws-cdk-lib.aws_iam.IRole',
    'aws-cdk-lib.aws_certificatemanager.ICertificate', 'aws-cdk-lib.aws_route53.IHostedZone', 'array<aws-cdk-lib.aws_cloudfront.IKeyGroup>',
    'array<aws-cdk-lib.aws_backup.IBackupVault>', 'aws-cdk-lib.aws_ec2.InstanceType',
  ];
  /** Enums, switches and grantees; what goes to CDK as it is; and our own types, whose positions are looked at by themselves. */
  const TAKE_NONE = [
    'array<aws-cdk-lib.aws_ec2.InterfaceVpcEndpointAwsService>', 'aws-cdk-lib.RemovalPolicy', 'aws-cdk-lib.aws_cloudfront.PriceClass',
    'aws-cdk-lib.aws_ec2.IConnectable', 'aws-cdk-lib.aws_ec2.IpProtocol', 'aws-cdk-lib.aws_ec2.SubnetSelection',
    'aws-cdk-lib.aws_ecs.ContainerDefinition', 'aws-cdk-lib.aws_events.OnEventOptions', 'aws-cdk-lib.aws_iam.IGrantable',
    'aws-cdk-lib.aws_lambda.Architecture', 'aws-cdk-lib.aws_lambda.Function', 'boolean',
    'aws-cdk-lib.aws_logs.RetentionDays', 'aws-cdk-lib.aws_sqs.DeduplicationScope', 'constructs.Construct', 'constructs.IConstruct',
    'map<any>', // the claims of a token, which are looked at and go nowhere
    'aws-cdk-lib.aws_cloudfront.GeoRestriction', 'array<aws-cdk-lib.aws_cloudfront.ErrorResponse>',
    'aws-cdk-lib.aws_ecs.IBaseService',
    'aws-cdk-lib.aws_ecs.ContainerImage', 'aws-cdk-lib.aws_ecs.CpuArchitecture', 'array<aws-cdk-lib.aws_ecs.Capability>', 'aws-cdk-lib.aws_ecs.HealthCheck', 'aws-cdk-lib.aws_ecs.ICluster', 'aws-cdk-lib.aws_scheduler.ScheduleExpression',
    'map<array<string>>', 'map<array<cdk-mainstay.IBinding>>', // for services of a compose file
    'map<aws-cdk-lib.aws_ecs.Secret>', // each of which a container reads by its ARN
    ...['AuroraMysql', 'AuroraPostgres', 'MariaDb', 'Mysql', 'Postgres'].map((engine) => `aws-cdk-lib.aws_rds.${engine}EngineVersion`),
    ...Object.keys(types), ...Object.keys(types).map((type) => `array<${type}>`),
  ];
  /** What is answered, and taken by nothing. */
  const ANSWERS = ['AppSetting', 'CdnExplanation'];
  /** CDK itself refuses tokens in ids. */
  const isId = (of: string) => of.endsWith('(id)');

  const typeOf = ({ primitive, fqn, collection }: any): string =>
    primitive ?? fqn ?? (collection ? `${collection.kind}<${typeOf(collection.elementtype)}>` : 'of another kind');
  const positions: { of: string; type: string }[] = Object.values(types).flatMap(({ name, datatype, properties = [], methods = [], initializer }) => {
    const callables: any[] = [...methods, ...(initializer ? [{ ...initializer, name: 'new' }] : [])];
    return [
      ...(datatype && !ANSWERS.includes(name) ? properties : []).map((prop: any) => ({ of: `${name}.${prop.name}`, type: typeOf(prop.type) })),
      ...callables.flatMap(({ name: callable, parameters = [] }) =>
        parameters.map((parameter: any) => ({ of: `${name}.${callable}(${parameter.name})`, type: typeOf(parameter.type) }))),
    ];
  });

  const isString = (of: string) => positions.some((position) => position.of === of && ['string', 'array<string>'].includes(position.type));

  /** `valueFromLookup()` gives this until the CLI has looked, which it does only after a synthesis without an error: https://docs.aws.amazon.com/cdk/v2/guide/get-ssm-value.html */
  const NOT_YET_LOOKED_UP = 'dummy-value-for-/shared/value';

  test.each(TOKEN_POSITIONS.filter(({ of, literal }) => typeof literal === 'string' && isString(of)))('what is not looked up yet passes as $of', ({ build }) => {
    expect(() => synth((stack) => build(stack, NOT_YET_LOOKED_UP))).not.toThrow();
  });

  /** What is no value of an environment: ids of constructs, names of claims, a folder and a file that must be there, services of a file, and what is asked of a distribution. */
  const NEVER_LOOKED_UP = [
    'FromComposeProps.file', 'FromComposeProps.keepAsService', 'FromComposeProps.leaveOut', 'FromComposeProps.profiles', 'FromComposeProps.web',
    'GithubSubject.withClaim(claim)', 'PublishStaticProps.folder', 'StaticMediaCdn.explain(path)', 'SubnetTier.isolated(name)', 'SubnetTier.privateWithEgress(name)',
  ];

  test.each(REFUSED_TOKENS.filter(({ of }) => isString(of) && !NEVER_LOOKED_UP.includes(of)))('what is not looked up yet passes as $of, where a token cannot stand', ({ build }) => {
    expect(() => synth((stack) => build(stack, NOT_YET_LOOKED_UP as any, [NOT_YET_LOOKED_UP]))).not.toThrow();
  });

  test('the type says whether a token can stand there', () => {
    expect(positions.length).toBeGreaterThan(70);
    expect(positions.filter(({ type }) => !TAKE_TOKENS.includes(type) && !TAKE_NONE.includes(type))).toEqual([]);
  });

  test('every position where a token can stand is in this test, and no other', () => {
    const tried = new Set([...TOKEN_POSITIONS, ...REFUSED_TOKENS].map(({ of }) => of));
    const can = positions.filter(({ of, type }) => TAKE_TOKENS.includes(type) && !isId(of)).map(({ of }) => of);
    expect([...tried].sort()).toEqual([...new Set(can)].sort());
  });
});
