import { Duration, Size, Token } from 'aws-cdk-lib';
import { Checks } from '../../src/shared/checks';

const checks = new Checks('Stack/Subject');
const token = Token.asNumber({ Ref: 'Given' });

describe('a duration or a size', () => {
  test('is answered as a number of its unit', () => {
    expect(checks.seconds('timeout', Duration.minutes(2), { least: 120, most: 120 })).toBe(120);
    expect(checks.hours('every', Duration.days(1))).toBe(24);
    expect(checks.days('rotateAfter', Duration.hours(48), { least: 1 })).toBe(2);
    expect(checks.bytes('maxInputSize', Size.kibibytes(2), { least: 1 })).toBe(2048);
    expect(checks.mebibytes('memorySize', Size.gibibytes(1), { least: 128 })).toBe(1024);
    expect(checks.gibibytes('storage', Size.tebibytes(1), { least: 1 })).toBe(1024);
  });

  test('may be absent', () => {
    expect(checks.days('rotateAfter', undefined, { least: 1 })).toBeUndefined();
    expect(checks.gibibytes('storage', undefined, { least: 1 })).toBeUndefined();
  });

  test('may be a token of its unit', () => {
    expect(Token.isUnresolved(checks.seconds('timeout', Duration.seconds(token), { least: 1, most: 2 }))).toBe(true);
    expect(Token.isUnresolved(checks.gibibytes('storage', Size.gibibytes(token), { least: 1 }))).toBe(true);
  });

  test.each<[call: () => unknown, factory: string]>([
    [() => checks.seconds('prop', Duration.minutes(token)), 'Duration.seconds()'],
    [() => checks.hours('prop', Duration.minutes(token)), 'Duration.hours()'],
    [() => checks.days('prop', Duration.hours(token), { least: 1 }), 'Duration.days()'],
    [() => checks.bytes('prop', Size.mebibytes(token)), 'Size.bytes()'],
    [() => checks.mebibytes('prop', Size.gibibytes(token)), 'Size.mebibytes()'],
    [() => checks.gibibytes('prop', Size.mebibytes(token), { least: 1 }), 'Size.gibibytes()'],
  ])('is no token of another unit: %#', (call, factory) => {
    expect(call).toThrow(`Stack/Subject: 'prop' must be made by ${factory} where its value is a token, which cannot be converted`);
  });

  test.each<[call: () => unknown, error: string]>([
    [() => checks.seconds('prop', Duration.millis(1500), { least: 0 }), 'of seconds at least 0, got 1.5'],
    [() => checks.hours('prop', Duration.minutes(30), { least: 1 }), 'of hours at least 1, got 0.5'],
    [() => checks.days('prop', Duration.days(36), { least: 1, most: 35, hint: 'RDS keeps none longer' }), 'of days between 1 and 35, got 36: RDS keeps none longer'],
    [() => checks.bytes('prop', Size.bytes(0), { least: 1, most: 8 }), 'of bytes between 1 and 8, got 0'],
    [() => checks.mebibytes('prop', Size.kibibytes(512), { least: 0 }), 'of MiB at least 0, got 0.5'],
    [() => checks.gibibytes('prop', Size.gibibytes(19), { least: 20, most: 30 }), 'of GiB between 20 and 30, got 19'],
  ])('is a whole number in its limits: %#', (call, error) => {
    expect(call).toThrow(new Error(`Stack/Subject: 'prop' must be a whole number ${error}`));
  });
});

test('a number is whole and in its limits, absent, or a token', () => {
  [1150, 65_535, undefined, token].forEach((port) => expect(() => checks.wholeNumber('port', port, { least: 1150, most: 65_535 })).not.toThrow());
  expect(() => checks.wholeNumber('port', 80, { least: 1150, most: 65_535 }))
    .toThrow(new Error('Stack/Subject: \'port\' must be a whole number between 1150 and 65535, got 80'));
  expect(() => checks.wholeNumber('count', 1.5, { least: 1, unit: 'nodes', hint: 'half a node is none' }))
    .toThrow(new Error('Stack/Subject: \'count\' must be a whole number of nodes at least 1, got 1.5: half a node is none'));
  expect(() => checks.wholeNumber('count', NaN, { least: 1 })).toThrow('got NaN');
});

test('what must be known is no token', () => {
  [3, 'a', undefined, Duration.days(1), ['a', Token.asString({ Ref: 'Item' })]].forEach((value) => expect(() => checks.known('prop', value, 'it counts')).not.toThrow());
  [token, Token.asString({ Ref: 'Name' }), Duration.days(token), Size.bytes(token)].forEach((value) => {
    expect(() => checks.known('prop', value, 'it counts')).toThrow(new Error('Stack/Subject: \'prop\' must be known at synthesis, got a token: it counts'));
  });
  expect(() => checks.known('count', token, 'it counts', { of: 'nodes' })).toThrow('\'count\' of nodes must be known at synthesis');
  expect(() => checks.knownList('names', undefined, 'each has a rule')).not.toThrow();
  expect(() => checks.knownList('names', Token.asList({ Ref: 'Names' }), 'each has a rule'))
    .toThrow(new Error('Stack/Subject: \'names\' must be a list known at synthesis, got a token: each has a rule'));
});

test('a text matches a pattern, is absent, or a token', () => {
  ['abc', undefined, Token.asString({ Ref: 'Name' })].forEach((name) => expect(() => checks.matches('name', name, /^[a-z]+$/, 'letters')).not.toThrow());
  expect(() => checks.matches('name', 'A', /^[a-z]+$/, 'letters')).toThrow(new Error('Stack/Subject: \'name\' must be letters, got \'A\''));
  expect(() => checks.matches('name', '1', /^[a-z]+$/, 'letters', { of: 'a queue', hint: 'digits are refused' }))
    .toThrow(new Error('Stack/Subject: \'name\' of a queue must be letters, got \'1\': digits are refused'));
});

test('regions that are known are the same', () => {
  const here = { name: 'the queue', region: 'eu-west-1' };
  const regions = (region: string) => () => checks.sameRegion('S3 sends event notifications', { name: 'the bucket', region }, here);
  expect(regions('eu-west-1')).not.toThrow();
  expect(regions(Token.asString({ Ref: 'Region' }))).not.toThrow();
  expect(regions('us-east-1'))
    .toThrow(new Error('Stack/Subject: S3 sends event notifications within one region only, but the bucket is in us-east-1 and the queue in eu-west-1'));
});

test('an error of another kind begins with the path, too', () => {
  expect(checks.error('\'proxy\' must be left out')).toEqual(new Error('Stack/Subject: \'proxy\' must be left out'));
});
