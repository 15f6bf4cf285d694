/** What cfn-lint finds and another open issue mends, or what a template for any region cannot avoid. An entry that matches nothing any more is an error: remove it. */
export interface LintException {
  /** Every variant of this construct. */
  readonly construct: string;
  readonly region: string;
  readonly rule: string;
  /** What of the message says which finding it is. */
  readonly about: string;
  readonly reason: string;
  /** Only of the templates for any region. */
  readonly ofAnyRegion?: boolean;
}

const NO_CDN_IN_CHINA = 'CloudFront in China has neither functions nor origin access controls; StaticMediaCdn does not refuse the region yet';
const NO_CDN_IN_GOVCLOUD = 'GovCloud has no CloudFront: a distribution in front of it belongs to a commercial account; StaticMediaCdn does not refuse the region yet';

/** An app may have a CDN in front. */
const WITH_CDN = ['StaticMediaCdn', 'ContainerAppWithAlb'];

export const LINT_EXCEPTIONS: LintException[] = [
  ...WITH_CDN.flatMap((construct) => ['Function', 'OriginAccessControl'].map((type): LintException => ({
    construct, region: 'cn-north-1', rule: 'E3006', about: `'AWS::CloudFront::${type}' does not exist`, reason: NO_CDN_IN_CHINA,
  }))),
  ...WITH_CDN.flatMap((construct) => ['CachePolicy', 'Distribution', 'Function', 'OriginAccessControl', 'ResponseHeadersPolicy'].map((type): LintException => ({
    construct, region: 'us-gov-west-1', rule: 'E3006', about: `'AWS::CloudFront::${type}' does not exist`, reason: NO_CDN_IN_GOVCLOUD,
  }))),
  {
    construct: 'EncryptedDatabase',
    region: 'us-gov-west-1',
    rule: 'E3025',
    about: '\'db.m7g.large\' is not one of',
    reason: 'the default class is one that the region has where the region is known at synthesis; a stack for any region names it by `instanceType`',
    ofAnyRegion: true,
  },
];
