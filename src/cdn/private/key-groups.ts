import { Construct } from 'constructs';
import { unlessAcknowledged } from '../../shared/acknowledge';
import { Checks } from '../../shared/checks';
import { StaticMediaCdnProps } from '../static-media-cdn-props';

/** A quota that AWS raises on request: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-key-groups */
const KEY_GROUPS_OF_A_BEHAVIOR = 4;

export function requireKeyGroups(
  checks: Checks, scope: Construct, { mediaKeyGroups, privateMedia }: Pick<StaticMediaCdnProps, 'mediaKeyGroups' | 'privateMedia'>,
): void {
  if (mediaKeyGroups?.length === 0 && !privateMedia) {
    throw checks.error("'mediaKeyGroups' must have at least one group, got none, with which media files would be public: leave it out if they are to be");
  }
  const count = (mediaKeyGroups?.length ?? 0) + (privateMedia ? 1 : 0);
  if (count <= KEY_GROUPS_OF_A_BEHAVIOR) return;
  const besides = privateMedia ? `${KEY_GROUPS_OF_A_BEHAVIOR - 1} groups besides that of 'privateMedia'` : `${KEY_GROUPS_OF_A_BEHAVIOR} groups`;
  const [refusal] = unlessAcknowledged(scope, 'cdk-mainstay:StaticMediaCdn.KeyGroupQuota', [
    `'mediaKeyGroups' must have at most ${besides}, got ${mediaKeyGroups!.length}: CloudFront takes ${KEY_GROUPS_OF_A_BEHAVIOR} for a path; put several keys into one group, ` +
    'or have AWS raise this quota, and say so on the stack before the CDN is created',
  ]);
  if (refusal) throw checks.error(refusal);
}
