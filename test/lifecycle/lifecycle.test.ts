import { readFileSync, writeFileSync } from 'fs';
import { join } from 'path';
import { CloudFormationClient, ValidateTemplateCommand } from '@aws-sdk/client-cloudformation';
import { DistributionConfig, GetDistributionConfigCommand, SslProtocol, UpdateDistributionCommand } from '@aws-sdk/client-cloudfront';
import { GetObjectCommand, ListBucketsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { DEPLOYED, synthesize, VariantStack } from './app';
import { DeployedResource, deployedResources } from './deployed-resource';
import { Gaps, IGNORED, LACKING, UNREADABLE } from './gaps';
import { provideHostedZone, provideOutside } from './outside';
import { COMMAND, PAGE, provenPage } from './page';
import { readBack, ReadBack } from './read-back';
import { READERS } from './readers';
import { Services, servicesOf } from './readers/reader';
import { StageProfile } from '../../src';
import { STATEFUL } from '../checks/stability';
import { Cdk } from '../emulator/cdk';
import { Emulators, startEmulators } from '../emulator/emulators';
import { leftovers } from '../emulator/leftovers';

const STACKS_AT_A_TIME = 4;
/** Constructs without data. */
const HOLDING_NOTHING = ['GithubOidcRole'];
/** Constructs that survive any profile: they hold the state of what others made. */
const SURVIVING = ['TerraformStateBackend'];
/** ACM's record of the domain of a site, which all of its certificates share: docs/decisions/edge-certificate.md. */
const LEFT_IN_THE_ZONE = ['CNAME _acme-challenge.cdn.example.education.'];
const WITNESS = { Key: 'witness', Body: 'was here before the update' };

// The lifecycle of every variant: each test starts from what the test before it left.
let emulators: Emulators;
let services: Services;
let cdk: Cdk;
let secrets: string[];
let original: VariantStack[];
let updated: VariantStack[];
let atFirst: DeployedResource[];
let atLast: DeployedResource[];
const found: ReadBack[] = [];

beforeAll(async () => {
  emulators = await startEmulators();
  services = servicesOf(emulators);
  cdk = new Cdk(emulators, emulators.folder);
  const outside = { store: emulators.store, hostedZoneId: await provideHostedZone(emulators.account) };
  original = synthesize(join(emulators.folder, 'original'), outside, false);
  updated = synthesize(join(emulators.folder, 'updated'), outside, true);
  secrets = await provideOutside([...original, ...updated], emulators);
  await cdk.bootstrap();
});

afterAll(() => emulators?.stop());

async function deploy(stacks: VariantStack[]): Promise<DeployedResource[]> {
  await cdk.deploy(stacks[0].folder, STACKS_AT_A_TIME);
  return (await Promise.all(stacks.map((stack) => deployedResources(stack, emulators.account)))).flat();
}

const of = (variant: string, resources: DeployedResource[]) => resources.filter((resource) => resource.variant === variant);
const readAll = async (resources: DeployedResource[]) => (await Promise.all(resources.map((resource) => readBack(resource, services)))).flat();
const isExplained = ({ outcome, resource, property }: ReadBack) => (outcome === 'different' ? IGNORED : UNREADABLE)[resource.type]?.[property] !== undefined;

/** What is not as the template has it, and not among the known gaps of the emulator. */
function unexplained(readBacks: ReadBack[]): string[] {
  return readBacks.filter((one) => one.outcome !== 'equal' && !isExplained(one)).map(({ resource, property, expected, actual, outcome }) => {
    const where = `${property} of ${resource.type} ${resource.logicalId}`;
    return outcome === 'different'
      ? `${where} should be ${JSON.stringify(expected)}, is ${JSON.stringify(actual)}`
      : `${where} is read by nobody: add it to the reader in test/lifecycle/readers, or say in test/lifecycle/gaps.ts why it cannot be`;
  });
}

describe('deployed', () => {
  beforeAll(async () => {
    atFirst = await deploy(original);
    await Promise.all(bucketsAmong(atFirst).map((Bucket) => services.s3.send(new PutObjectCommand({ Bucket, ...WITNESS }))));
  });

  test.each(DEPLOYED)('$name is what its template says', async ({ name }) => {
    const readBacks = await readAll(of(name, atFirst));
    found.push(...readBacks);
    expect(unexplained(readBacks)).toEqual([]);
    expect(readBacks.length).toBeGreaterThan(0);
  });

  test('every kind of resource that could be left over is listed', async () => {
    const kinds = new Set((await leftovers(emulators.account)).map(({ kind }) => kind));
    expect([...kinds].sort()).toEqual([
      'access key', 'alarm', 'bucket', 'cache policy', 'certificate', 'delivery', 'delivery destination', 'delivery source', 'distribution', 'edge function',
      'event source mapping', 'function', 'identity provider', 'key', 'log group', 'origin access control', 'parameter', 'queue', 'record',
      'response headers policy', 'role', 'rule', 'secret', 'stack', 'table', 'topic', 'user',
    ]);
  });

  test('a setting that differs from the template is reported', async () => {
    const queue = atFirst.find(({ type }) => type === 'AWS::SQS::Queue')!;
    const set = (VisibilityTimeout: number) =>
      services.sqs.send(new SetQueueAttributesCommand({ QueueUrl: queue.physicalId, Attributes: { VisibilityTimeout: `${VisibilityTimeout}` } }));
    const { VisibilityTimeout = 30 } = queue.properties;

    await set(VisibilityTimeout + 1);
    const readBacks = await readAll([{ ...queue, properties: { ...queue.properties, VisibilityTimeout } }]);
    await set(VisibilityTimeout);
    expect(unexplained(readBacks)).toEqual([`VisibilityTimeout of AWS::SQS::Queue ${queue.logicalId} should be ${VisibilityTimeout}, is ${VisibilityTimeout + 1}`]);
  });

  test('a setting deep in a configuration that differs from the template is reported', async () => {
    const distribution = atFirst.find(({ type, variant }) => type === 'AWS::CloudFront::Distribution' && variant === 'StaticMediaCdn-pages')!;
    const change = async (edit: (config: DistributionConfig) => void) => {
      const { DistributionConfig: config, ETag } = await services.cloudFront.send(new GetDistributionConfigCommand({ Id: distribution.physicalId }));
      edit(config!);
      await services.cloudFront.send(new UpdateDistributionCommand({ Id: distribution.physicalId, IfMatch: ETag, DistributionConfig: config }));
      return unexplained(await readAll([distribution]));
    };
    const setProtocols = (protocols: SslProtocol[]) => (config: DistributionConfig) => {
      config.Origins!.Items![0].CustomOriginConfig!.OriginSslProtocols = { Quantity: protocols.length, Items: protocols };
    };

    expect(await change(setProtocols(['TLSv1.2', 'TLSv1']))).toEqual([expect.stringMatching(/^DistributionConfig of .* should be .*, is .*"TLSv1"/)]);
    expect(await change(setProtocols(['TLSv1.2']))).toEqual([]);
  });
});

describe('updated', () => {
  beforeAll(async () => {
    atLast = await deploy(updated);
  });

  test.each(DEPLOYED)('$name has the update, and is what its template says', async ({ name }) => {
    const readBacks = await readAll(of(name, atLast));
    found.push(...readBacks);
    const changed = readBacks.filter(({ resource, property, expected }) => {
      const before = of(name, atFirst).find(({ logicalId }) => logicalId === resource.logicalId);
      return before && JSON.stringify(before.properties[property]) !== JSON.stringify(expected);
    });
    expect(unexplained(readBacks)).toEqual([]);
    expect(changed.filter(({ outcome }) => outcome === 'equal')).not.toEqual([]);
  });

  test.each(DEPLOYED)('$name keeps what holds data', async ({ name }) => {
    const holdingData = (resources: DeployedResource[]) =>
      of(name, resources).filter(({ type }) => STATEFUL.includes(type)).map(({ logicalId, physicalId }) => `${logicalId} is ${physicalId}`);
    if (!HOLDING_NOTHING.includes(name.split('-')[0])) expect(holdingData(atFirst)).not.toEqual([]);
    expect(holdingData(atLast)).toEqual(expect.arrayContaining(holdingData(atFirst)));
    await expectWitnesses(of(name, atFirst));
  });
});

describe('destroyed', () => {
  beforeAll(() => cdk.destroy(updated[0].folder, STACKS_AT_A_TIME));

  test.each(DEPLOYED)('$name leaves what its template retains, as it was', async ({ name }) => {
    const retained = of(name, atLast).filter((resource) => resource.retained);
    expect(retained.map(({ type }) => type).filter((type) => !(type in READERS))).toEqual([]);
    expect(unexplained(await readAll(retained))).toEqual([]);
    await expectWitnesses(retained);
  });

  test('an ephemeral profile retains nothing', () => {
    const ephemeral = updated.filter(({ stack }) => StageProfile.of(stack).name === 'ephemeral').map(({ variant }) => variant.name);
    expect(ephemeral).not.toEqual([]);
    const retained = atLast.filter((resource) => resource.retained && ephemeral.includes(resource.variant)).map(({ variant }) => variant.split('-')[0]);
    expect([...new Set(retained)]).toEqual(SURVIVING);
  });

  test('nothing else is left, in the account and in the store', async () => {
    const retained = atLast.filter((resource) => resource.retained);
    const left = await leftovers(emulators.account);
    const isRetained = (name: string) => retained.some(({ physicalId }) => physicalId === name || physicalId.includes(`:secret:${name}-`));
    const unretained = left.map(({ name }) => name).filter((name) => !isRetained(name));
    expect(unretained.sort()).toEqual([...secrets, ...LEFT_IN_THE_ZONE].sort());

    const { Buckets = [] } = await services.store.send(new ListBucketsCommand({}));
    const archives = retained.filter(({ type }) => type === 'Custom::WasabiBucket').map(({ properties }) => properties.BucketName);
    expect(Buckets.map(({ Name }) => Name).sort()).toEqual(archives.sort());
  });
});

describe('on record', () => {
  test.each(LACKING)('the emulator still lacks %s', async (Type) => {
    const TemplateBody = JSON.stringify({ Resources: { Resource: { Type } } });
    await expect(new CloudFormationClient(emulators.account).send(new ValidateTemplateCommand({ TemplateBody })))
      .rejects.toThrow(`Unrecognized resource types: [${Type}]`);
  });

  test('each listed gap of the emulator still exists', () => {
    const seen = (outcome: string) => new Set(found.filter((one) => one.outcome === outcome).map(({ resource, property }) => `${property} of ${resource.type}`));
    const listed = (gaps: Gaps) => new Set(Object.entries(gaps).flatMap(([type, properties]) => Object.keys(properties).map((property) => `${property} of ${type}`)));
    expect(listed(IGNORED)).toEqual(seen('different'));
    expect(listed(UNREADABLE)).toEqual(seen('unreadable'));
  });

  test(`docs/what-is-proven.md is what this run found (else: ${COMMAND})`, () => {
    const page = provenPage(found);
    if (process.env.REWRITE_DOCS) writeFileSync(PAGE, page);
    expect(readFileSync(PAGE, 'utf8')).toBe(page);
  });
});

function bucketsAmong(resources: DeployedResource[]): string[] {
  return resources.filter(({ type }) => type === 'AWS::S3::Bucket').map(({ physicalId }) => physicalId);
}

async function expectWitnesses(resources: DeployedResource[]): Promise<void> {
  const bodies = await Promise.all(bucketsAmong(resources).map(async (Bucket) => {
    const { Body } = await services.s3.send(new GetObjectCommand({ Bucket, Key: WITNESS.Key }));
    return Body!.transformToString();
  }));
  expect(bodies.filter((body) => body !== WITNESS.Body)).toEqual([]);
}
