import { App, Stack, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { KeyGroup } from 'aws-cdk-lib/aws-cloudfront';
import { configOf } from './static-media-cdn';
import { PrivateMedia, StaticMediaCdn } from '../../src';

// CloudFront takes four key groups for a behavior, unless AWS raised this quota.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-key-groups

const ID = 'cdk-mainstay:StaticMediaCdn.KeyGroupQuota';
const groups = (stack: Stack, count: number) => Array.from({ length: count }, (_, index) => KeyGroup.fromKeyGroupId(stack, `Keys${index}`, `group-${index}`));
const privateMedia = PrivateMedia.rotatedKeys();

test.each([[4, undefined], [1, undefined], [3, privateMedia], [0, privateMedia]])('%d groups of yours are taken, with those of privateMedia %j', (count, more) => {
  const stack = new Stack(new App(), 'Stack');
  new StaticMediaCdn(stack, 'Subject', { mediaKeyGroups: groups(stack, count), privateMedia: more });
  expect(configOf(Template.fromStack(stack)).CacheBehaviors[0].TrustedKeyGroups).toHaveLength(count + (more ? 1 : 0));
});

test('a fifth is refused', () => {
  const stack = new Stack(new App(), 'Stack');
  expect(() => new StaticMediaCdn(stack, 'Subject', { mediaKeyGroups: groups(stack, 5) })).toThrow(
    /^Stack\/Subject: 'mediaKeyGroups' must have at most 4 groups, got 5: CloudFront takes 4 for a path; put several keys into one group, .*\[ack: cdk-mainstay:StaticMediaCdn\.KeyGroupQuota\]$/,
  );
  expect(stack.node.findChild('Subject').node.children).toEqual([]);
});

test('that of privateMedia is one of them', () => {
  const stack = new Stack(new App(), 'Stack');
  expect(() => new StaticMediaCdn(stack, 'Subject', { mediaKeyGroups: groups(stack, 4), privateMedia })).toThrow("must have at most 3 groups besides that of 'privateMedia', got 4");
});

test('a higher quota of the account is acknowledged on the stack', () => {
  const stack = new Stack(new App(), 'Stack');
  Validations.of(stack).acknowledge({ id: ID, reason: 'AWS raised it to 8' });
  new StaticMediaCdn(stack, 'Subject', { mediaKeyGroups: groups(stack, 5) });
  expect(configOf(Template.fromStack(stack)).CacheBehaviors[0].TrustedKeyGroups).toHaveLength(5);
});
