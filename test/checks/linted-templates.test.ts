import { App, CfnResource, Stack } from 'aws-cdk-lib';
import { LintFinding } from './cfn-lint';
import { LINT_EXCEPTIONS, LintException } from './lint-exceptions';
import { findingsIn, inRegion, templatesOfAnyRegion, templatesOfRegions, unneeded } from './linted-templates';
import { REGIONS, regionsOf } from './templates';
import { Variant, VARIANTS } from './variants';
import { StaticMediaCdn } from '../../src';

const variant = (properties: (stack: Stack) => object): Variant => ({
  name: 'StaticMediaCdn-any', update: {}, build: (stack) => { new CfnResource(stack, 'Resource', { type: 'AWS::SNS::Topic', properties: properties(stack as Stack) }); },
});

test('a template for any region is linted by the rules of all, which are in three partitions', () => {
  const [{ regions }] = templatesOfAnyRegion([variant(() => ({}))]);
  expect(regions).toEqual(['eu-west-3', 'us-east-1', 'cn-north-1', 'us-gov-west-1']);
});

test.each<[string, (stack: Stack) => object, string[][]]>([
  ['is the same in every region', () => ({ DisplayName: 'same' }), []],
  ['differs by what pseudo parameters are', ({ region, account, partition }) => ({ DisplayName: `arn:${partition}:sns:${region}:${account}` }), []],
  ['differs in one region', ({ region }) => ({ DisplayName: region === 'cn-north-1' ? 'other' : 'same' }), [['cn-north-1']]],
  ['differs in each region by its name only', ({ region }) => ({ DisplayName: region.startsWith('$') ? 'any' : `in ${region}` }), [['eu-west-3', 'us-east-1'], ['cn-north-1'], ['us-gov-west-1']]],
  ['differs between two regions of a partition', ({ region }) => ({ DisplayName: region === 'us-east-1' ? 'edge' : 'same' }), [['us-east-1']]],
])('a template that %s', (_, properties, expected) => {
  expect(templatesOfRegions([variant(properties)]).map(({ regions }) => regions)).toEqual(expected);
});

describe('a variant is linted by the rules of the regions that it can be in', () => {
  const REGIONS_OF_AWS = ['eu-west-3', 'us-east-1'];
  const isWithCdn = ({ build }: Variant) => {
    const stack = new Stack(new App(), 'Stack');
    build(stack);
    return stack.node.findAll().some((each) => each instanceof StaticMediaCdn);
  };

  test('those with a CDN by the rules of one partition, and all others by those of three', () => {
    const withCdn = VARIANTS.filter(isWithCdn);
    expect(withCdn.map(({ name }) => name)).toEqual(expect.arrayContaining(['StaticMediaCdn', 'ContainerAppWithAlb-cloudfront']));
    for (const each of VARIANTS) {
      expect([each.name, regionsOf(each)]).toEqual([each.name, withCdn.includes(each) ? REGIONS_OF_AWS : Object.keys(REGIONS)]);
    }
    expect(templatesOfAnyRegion(withCdn).map(({ regions }) => regions)).toEqual(withCdn.map(() => REGIONS_OF_AWS));
    expect(templatesOfRegions(withCdn).flatMap(({ regions }) => regions).filter((region) => !REGIONS_OF_AWS.includes(region))).toEqual([]);
  });

  test('an error of another kind is none of a region', () => {
    expect(() => regionsOf({ build: () => { throw new Error('Stack/Subject: cn-north-1 is broken'); } })).toThrow('cn-north-1 is broken');
  });

  test('nothing of a CDN is excepted from the rules', () => {
    expect(LINT_EXCEPTIONS.filter(({ construct, about }) => construct === 'StaticMediaCdn' || about.includes('CloudFront'))).toEqual([]);
  });
});

test('texts are joined as far as they are texts', () => {
  const join = { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':sns:', { Ref: 'AWS::Region' }, ':', { Ref: 'Topic' }]] };
  expect(inRegion({ Value: join }, 'cn-north-1')).toEqual({ Value: { 'Fn::Join': ['', ['arn:aws-cn:sns:cn-north-1:', { Ref: 'Topic' }]] } });
  expect(inRegion({ 'Fn::Join': ['-', ['a', { Ref: 'AWS::Region' }]] }, 'eu-west-3')).toBe('a-eu-west-3');
});

describe('an exception', () => {
  const exception: LintException = { construct: 'StaticMediaCdn', region: 'cn-north-1', rule: 'E3006', about: "'AWS::SNS::Topic'", reason: 'a test' };
  const templates = templatesOfAnyRegion([variant(() => ({}))]);
  const finding = (changes: Partial<LintFinding> = {}): LintFinding => ({
    Filename: templates[0].name, Level: 'Error', Rule: { Id: 'E3006' }, Message: "Resource type 'AWS::SNS::Topic' does not exist in 'cn-north-1'", Location: {}, ...changes,
  });

  test('is for its finding', () => {
    const found = findingsIn(templates, [finding()], [exception]);
    expect(found[0].excepted).toBe(exception);
    expect(unneeded(found, [exception])).toEqual([]);
  });

  test.each<[string, Partial<LintFinding>, Partial<LintException>]>([
    ['another rule', { Rule: { Id: 'E3025' } }, {}],
    ['another region', { Message: "Resource type 'AWS::SNS::Topic' does not exist in 'us-gov-west-1'" }, {}],
    ['another type', { Message: "Resource type 'AWS::SQS::Queue' does not exist in 'cn-north-1'" }, {}],
    ['another construct', {}, { construct: 'HaVpc' }],
  ])('is not for %s, and reported when nothing else needs it', (_, changes, others) => {
    const other = { ...exception, ...others };
    const found = findingsIn(templates, [finding(changes)], [other]);
    expect(found[0].excepted).toBeUndefined();
    expect(unneeded(found, [other])).toEqual([other]);
  });

  test('of templates for any region is not for a template of one', () => {
    const ofAnyRegion = { ...exception, ofAnyRegion: true };
    const ofOneRegion = templates.map((template) => ({ ...template, regions: ['cn-north-1'] }));
    expect(findingsIn(templates, [finding()], [ofAnyRegion])[0].excepted).toBe(ofAnyRegion);
    expect(findingsIn(ofOneRegion, [finding()], [ofAnyRegion])[0].excepted).toBeUndefined();
  });

  test.each(LINT_EXCEPTIONS)('names a construct and a region that are linted, and a reason: $construct in $region, $about', ({ construct, region, reason }) => {
    expect(VARIANTS.map(({ name }) => name.split('-')[0])).toContain(construct);
    expect(templates[0].regions).toContain(region);
    expect(reason.length).toBeGreaterThan(20);
  });
});
