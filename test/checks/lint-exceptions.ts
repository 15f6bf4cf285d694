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

export const LINT_EXCEPTIONS: LintException[] = [
  {
    construct: 'EncryptedDatabase',
    region: 'us-gov-west-1',
    rule: 'E3025',
    about: '\'db.m7g.large\' is not one of',
    reason: 'the default class is one that the region has where the region is known at synthesis; a stack for any region names it by `instanceType`',
    ofAnyRegion: true,
  },
];
