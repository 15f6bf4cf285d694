import { Token } from 'aws-cdk-lib';
import { Checks } from '../../src/shared/checks';
import { CLASSES, REGIONS } from '../../src/shared/instance-class-table';
import { classInRegion, ClassKind, requireOfferedClass } from '../../src/shared/instance-classes';

const require_ = (kind: ClassKind, given: string, region: string) => () => requireOfferedClass(new Checks('Stack/It'), "'instanceType'", kind, given, region);

/** A change here changes the class of databases and caches that have the default, which takes a major release. */
describe('the default classes', () => {
  const elsewhere = (kind: ClassKind, wanted: string) => Object.fromEntries(REGIONS.split(' ')
    .map((region) => [region, classInRegion(kind, wanted, region)]).filter(([, name]) => name !== wanted));

  test.each<[ClassKind, string, Record<string, string>]>([
    ['instance', 'm7g.large', {
      'af-south-1': 'm6g.large', 'ap-east-1': 'm6g.large', 'ca-west-1': 'm6g.large', 'eu-south-1': 'm6g.large', 'us-gov-west-1': 'm6g.large',
    }],
    ['instance', 't4g.medium', { 'ca-west-1': 't3.medium' }],
    ['cluster', 'r7g.large', { 'ap-southeast-4': 'r6g.large' }],
    ['cluster', 't4g.medium', { 'il-central-1': 't3.medium' }],
    ['cache', 't4g.small', { 'me-central-1': 't3.small', 'me-south-1': 't3.small' }],
  ])('of %s, %s, is another one where AWS does not have it', (kind, wanted, expected) => {
    expect(elsewhere(kind, wanted)).toEqual(expected);
  });

  test.each(['eu-north-9', Token.asString({ Ref: 'AWS::Region' })])('is the same in a region that is not known: %s', (region) => {
    expect(classInRegion('instance', 'm7g.large', region)).toBe('m7g.large');
  });
});

test.each<[ClassKind, string, string, string]>([
  ['instance', 'm7g.2xlarge', 'af-south-1', "RDS has in af-south-1, got 'm7g.2xlarge': take 'm6g.2xlarge', the nearest one"],
  ['instance', 'm9g.large', 'eu-west-1', "RDS has in eu-west-1, got 'm9g.large': take 'm8g.large', the nearest one"],
  ['instance', 'm8a.large', 'eu-west-3', "RDS has in eu-west-3, got 'm8a.large': take 'm8g.large', the nearest one"],
  ['instance', 't4g.nano', 'eu-west-1', "RDS has, got 't4g.nano': take 't4g.micro', the nearest one"],
  ['instance', 't4g.nano', 'ca-west-1', "RDS has, got 't4g.nano': take 't3.micro', the nearest one"],
  ['cluster', 'm7g.large', 'eu-west-1', "Aurora has, got 'm7g.large': take 'r7g.large', the nearest one"],
  ['cluster', 'm7g.large', 'ap-southeast-4', "Aurora has, got 'm7g.large': take 'r6g.large', the nearest one"],
  ['cluster', 't4g.micro', 'any', "Aurora has, got 't4g.micro': take 't4g.medium', the nearest one"],
  ['cache', 'm7g.large', 'eu-south-1', "ElastiCache has in eu-south-1, got 'm7g.large': take 'm6g.large', the nearest one"],
])('for %s, %s in %s is refused', (kind, given, region, text) => {
  expect(require_(kind, given, region)).toThrow(`Stack/It: 'instanceType' must be a class that ${text}. If AWS has added it since, upgrade cdk-mainstay`);
});

test.each<[what: string, ClassKind, string, string]>([
  ['a class that is there', 'instance', 'm7g.large', 'eu-west-1'],
  ['a class that is there in some region', 'instance', 'm7g.large', Token.asString({ Ref: 'AWS::Region' })],
  ['a family that no list has', 'cluster', 'r11z.large', 'eu-west-1'],
  ['a generation that the lists leave out', 'instance', 'm3.large', 'eu-west-1'],
  ['a size that is not known', 'instance', 'm7g.huge', 'eu-west-1'],
  ['what is no class', 'instance', 'large', 'eu-west-1'],
  ['a token', 'cluster', Token.asString({ Ref: 'Class' }), 'eu-west-1'],
])('%s passes', (_, kind, given, region) => {
  expect(require_(kind, given, region)).not.toThrow();
});

test('each row of the table can be read', () => {
  const regions = REGIONS.split(' ');
  for (const [smallest, where] of Object.values(CLASSES).flatMap((families) => Object.values(families))) {
    expect(smallest).toMatch(/^(micro|small|medium|large|\d*xlarge)$/);
    const [sign, ...listed] = where.split(' ');
    expect(['+', '-']).toContain(sign);
    expect(regions).toEqual(expect.arrayContaining(listed));
  }
});
