import { App, CfnParameter, Environment, Stack, Stage } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { Bucket, IBucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { ThumbnailToWasabi, ThumbnailToWasabiProps } from '../../src';

const HERE = { account: '111122223333', region: 'eu-west-1' };
const THERE = { account: '444455556666', region: 'eu-west-1' };

function photos(scope: Construct, id: string, props: Partial<ThumbnailToWasabiProps> = {}): ThumbnailToWasabi {
  return new ThumbnailToWasabi(scope, id, {
    wasabiRegion: 'eu-central-1',
    archiveBucketName: `archive-of-${id.toLowerCase()}`,
    credentials: Secret.fromSecretNameV2(scope, `${id}Wasabi`, 'wasabi'),
    ...props,
  });
}

const stackIn = (scope: Construct, id: string, env?: Environment) => new Stack(scope, id, { env });

function warned(stack: Stack, id: string): string[] {
  return Annotations.fromStack(stack).findWarning('*', Match.anyValue()).map(({ entry }) => String(entry.data)).filter((text) => text.includes(`ThumbnailToWasabi.${id}]`));
}

describe('uploads of one dropbox', () => {
  const two = (one: Partial<ThumbnailToWasabiProps>, other: Partial<ThumbnailToWasabiProps>) => () => {
    const stack = stackIn(new App(), 'Stack', HERE);
    const dropbox = new Bucket(stack, 'Own');
    photos(stack, 'One', { dropbox, ...one });
    photos(stack, 'Other', { dropbox, ...other });
    return stack;
  };

  test.each([
    [{}, {}],
    [{ uploadPrefix: 'in/' }, { uploadPrefix: 'in/scans/' }],
    [{ uploadPrefix: '' }, { uploadPrefix: 'photos/' }],
    [{ uploadSuffixes: ['.jpg', '.png'] }, { uploadSuffixes: ['.heic', '.png'] }],
    [{ uploadSuffixes: ['.jpg'] }, { uploadSuffixes: ['s.jpg'] }],
    [{ uploadSuffixes: ['.jpg'] }, {}],
  ])('%j and %j are refused: each photo would be in one of the two archives', (one, other) => {
    expect(two(one, other)).toThrow(/^Stack\/Other: uploads under 'uploadPrefix' '.*' .*of the dropbox Stack\/Own are those of Stack\/One, too.*at random/);
  });

  test.each([
    [{ uploadPrefix: 'in/' }, { uploadPrefix: 'out/' }],
    [{ uploadSuffixes: ['.jpg'] }, { uploadSuffixes: ['.png'] }],
  ])('%j and %j are apart', (one, other) => {
    expect(two(one, other)).not.toThrow();
  });

  test('a prefix that is a token may be the same: a warning', () => {
    const stack = stackIn(new App(), 'Stack', HERE);
    const dropbox = new Bucket(stack, 'Own');
    const uploadPrefix = new CfnParameter(stack, 'Prefix').valueAsString;
    photos(stack, 'One', { dropbox, uploadPrefix });
    photos(stack, 'Other', { dropbox });
    expect(warned(stack, 'UploadsTwice')).toHaveLength(1);
  });

  const byName = (stack: Stack): IBucket => Bucket.fromBucketName(stack, 'Imported', 'photo-uploads');
  test.each([
    ['refused in two stacks of one account', HERE, HERE, 'refused'],
    ['refused in two stacks that go where the CLI is', undefined, undefined, 'refused'],
    ['a warning where one account is not known', HERE, undefined, 1],
    ['fine in two accounts, of which one has the events', HERE, THERE, 0],
  ] as const)('of an imported one: %s', (_, one, other, expected) => {
    const app = new App();
    const [first, second] = [stackIn(app, 'First', one), stackIn(app, 'Second', other)];
    photos(first, 'Photos', { dropbox: byName(first) });
    const twice = () => photos(second, 'Photos', { dropbox: byName(second), archiveBucketName: 'another' });
    if (expected === 'refused') {
      expect(twice).toThrow('are those of First/Photos, too');
    } else {
      twice();
      expect(warned(second, 'UploadsTwice')).toHaveLength(expected);
    }
  });
});

describe('one archive bucket', () => {
  const warningsOfSecond = (one: Partial<ThumbnailToWasabiProps>, other: Partial<ThumbnailToWasabiProps>) => {
    const app = new App();
    const [staging, production] = [['Staging', HERE], ['Production', THERE]].map(([id, env]) => stackIn(new Stage(app, id as string), 'Stack', env as Environment));
    photos(staging, 'Photos', { archiveBucketName: 'photoarchive', ...one });
    photos(production, 'Photos', { archiveBucketName: 'photoarchive', ...other });
    return warned(production, 'SharedArchive');
  };

  test.each([
    [{}, {}],
    [{ archiveKeyPrefix: 'a/' }, {}],
    [{ archiveKeyPrefix: 'a/' }, { archiveKeyPrefix: 'a/b/' }],
  ])('with %j and %j, a warning, whatever the accounts are', (one, other) => {
    expect(warningsOfSecond(one, other)).toEqual([expect.stringMatching(/'archiveBucketName' is 'photoarchive', into which Staging\/Stack\/Photos archives, too/)]);
  });

  test.each([
    [{ archiveKeyPrefix: 'staging/' }, { archiveKeyPrefix: 'production/' }],
    [{}, { archiveBucketName: 'another' }],
    [{}, { archiveEndpoint: 'https://storage.example.org' }],
  ])('with %j and %j, none', (one, other) => {
    expect(warningsOfSecond(one, other)).toEqual([]);
  });

  test('a name that is a token is the same within its stack only', () => {
    const app = new App();
    const [one, other] = ['One', 'Other'].map((id) => stackIn(app, id));
    const name = ({ region }: Stack) => `photos-${region}`;
    photos(one, 'Photos', { archiveBucketName: name(one) });
    photos(one, 'More', { archiveBucketName: name(one) });
    photos(other, 'Photos', { archiveBucketName: name(other) });
    expect([one, other].map((stack) => warned(stack, 'SharedArchive').length)).toEqual([1, 0]);
  });
});
