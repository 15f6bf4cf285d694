import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Bucket, CfnBucket } from 'aws-cdk-lib/aws-s3';
import { StaticMediaCdn, StaticMediaCdnProps } from '../../src';
import { PINNED } from '../../src/cdn/private/buckets';
import { replacedBy } from '../checks/replaced-by';

const SITE = { siteName: 'albums', environmentName: 'staging' };

function make(props: StaticMediaCdnProps | ((stack: Stack) => StaticMediaCdnProps), id = 'Cdn') {
  const stack = new Stack(new App(), 'Stack');
  return { stack, cdn: new StaticMediaCdn(stack, id, typeof props === 'function' ? props(stack) : props) };
}

const synth = (...parameters: Parameters<typeof make>) => Template.fromStack(make(...parameters).stack);

/** As a user gets it: by the error of an empty one. */
function pinFor(props: StaticMediaCdnProps): string {
  try {
    synth({ ...props, replacementPin: '' });
  } catch (error) {
    return /\[Stack\/Cdn\] 'replacementPin' must say what the media bucket is: set it to '(.+)'/.exec(`${error}`)![1];
  }
  throw new Error('an empty pin was taken');
}

test('an empty pin asks for the one that it should be, which says what the media bucket is in words', () => {
  expect(pinFor(SITE)).toMatch(/^id=CdnMedia[0-9A-F]{8}; BucketName=albums-staging-medi-[0-9a-f]{6}-…$/);
  expect(pinFor({})).toMatch(/^id=CdnMedia[0-9A-F]{8}; BucketName=cdn-media-[0-9a-f]{6}-…$/);
});

test('a pin has all that replaces a bucket', () => {
  expect([...PINNED.replacedBy['AWS::S3::Bucket']].sort()).toEqual(replacedBy('AWS::S3::Bucket'));
});

test('a media bucket that is what it was pinned as is synthesized, and may change in all else', () => {
  const replacementPin = pinFor(SITE);
  expect(() => synth({ ...SITE, replacementPin })).not.toThrow();
  expect(() => synth({ ...SITE, replacementPin, corsOrigins: [], domainName: undefined, mediaLocation: 'uploads' })).not.toThrow();
});

test.each([
  ['siteName', { ...SITE, siteName: 'photos' }, /BucketName was albums-staging-medi-\w{6}-… and is photos-staging-medi-\w{6}-…/],
  ['environmentName', { ...SITE, environmentName: 'preprod' }, /BucketName was albums-staging-medi-\w{6}-… and is albums-preprod-medi-\w{6}-…/],
])('another %s is refused at synthesis, with the pin by which it is meant', (_, changed, change) => {
  const replacementPin = pinFor(SITE);
  expect(() => synth({ ...changed, replacementPin })).toThrow(change);
  expect(() => synth({ ...changed, replacementPin })).toThrow('[Stack/Cdn] an empty media bucket would take the place of this one');
  expect(() => synth({ ...changed, replacementPin })).toThrow(`If that is meant, set 'replacementPin' to '${pinFor(changed)}'`);
  expect(() => synth({ ...changed, replacementPin: pinFor(changed) })).not.toThrow();
});

test('a construct with another id has another bucket, which is refused, too', () => {
  expect(() => synth({ replacementPin: pinFor({}) }, 'Renamed')).toThrow(/id was CdnMedia\w{8} and is RenamedMedia\w{8}, BucketName was cdn-media-\w{6}-… and is renamed-media-/);
});

test('what is changed in the resource after it was created counts', () => {
  const { stack, cdn } = make({ replacementPin: pinFor({}) });
  (cdn.mediaBucket.node.defaultChild as CfnBucket).objectLockEnabled = true;
  expect(() => Template.fromStack(stack)).toThrow('ObjectLockEnabled was not set and is true');
});

test('a bucket of yours has no pin', () => {
  expect(() => make((stack) => ({ mediaBucket: new Bucket(stack, 'Mine'), replacementPin: '' })))
    .toThrow('Stack/Cdn: \'replacementPin\' is for a new bucket, but \'mediaBucket\' is Stack/Mine: this stack does not replace it, so leave \'replacementPin\' out');
});
