/** What each check of this repository proves, and what it cannot. */
export const CHECKS: [check: string, proves: string, cannot: string][] = [
  [
    'assertions on templates (`test/*.test.ts`)',
    'that each prop, default, error and grant makes of the template what we mean; the only check of every property',
    'whether AWS takes the template',
  ],
  [
    'cfn-lint: the template of each variant for any region by the rules of those of eu-west-3, us-east-1, cn-north-1 and us-gov-west-1 that its constructs accept, and what one of these regions makes different by its own rules; `test/checks/lint-exceptions.ts` lists what is still open',
    'that properties, types, enumerations, runtimes and references are what CloudFormation\'s schemas allow',
    'values that a schema allows and a service refuses: `maxReceiveCount: 0`, an alias of KMS or a managed policy that does not exist',
  ],
  ['CDK\'s own validator, as errors, on the newest aws-cdk-lib', 'the same, by other rules and other hands', 'the same'],
  [
    'cdk-nag\'s packs for AWS Solutions, NIST 800-53 rev 5, HIPAA, PCI DSS 3.2.1 and serverless, and Checkov ([posture](posture.md))',
    'that nothing in a template is among the weaknesses that the packs know, unless a construct says why',
    'what is not in the template, and whether the reason given is a good one',
  ],
  [
    'iam-simulate',
    'what each grant, role and policy allows, and that the nearest requests beside it are denied: other keys, other buckets, other accounts, plain HTTP',
    'what the simulator does not know as AWS does: the policies of organisations and sessions, the grants of KMS, and who really calls',
  ],
  [
    'the record of what holds data (`test/checks/stateful-resources.json`)',
    'that no upgrade moves the id of a bucket, queue, key or log, or changes a property that would replace it',
    'what a user\'s own change of props replaces; the docstrings of the props say it',
  ],
  [
    'lifecycle tests (`test/lifecycle`, below)',
    'that references resolve, the order of creation works, custom resources answer, services have what was asked for, an update keeps the data, and a teardown ' +
    'leaves what it should and nothing else',
    'that AWS does the same; that a service acts on what it stores; quotas, names and combinations of values that only AWS checks',
  ],
  [
    'the photo archive in the emulated account (`test/e2e`)',
    'that photos make their whole way through the functions as they ship, in order and out of it, and that roles, users and bucket policies allow nobody else',
    'what [the emulated account](decisions/emulated-account.md) does not enforce; arm64 functions on another machine; Wasabi itself',
  ],
  [
    'the CDN of a site in the emulated account (`test/lifecycle/site-media-cdn.test.ts`, `test/lifecycle/signing-keys.test.ts`)',
    'that the example deploys with its certificates, that an application stores its media by django-storages and boto3 and may do nothing else, that releases of ' +
    'static files are published and the CDN told to forget what changed, and that keys for signed addresses are made and rotated',
    'that CloudFront serves as it is configured: nobody asks a distribution for a file',
  ],
  [
    'four languages (`test/consumers`)',
    'that the packages for npm, PyPI, Maven and Go install into empty apps, compile, and synthesize the same templates',
    '.NET: its package is generated, and neither compiled nor used',
  ],
  [
    'mutations (`test/mutations`)',
    'that the tests notice each of a list of one-line defects in our source',
    'that they notice defects of a kind that nobody put on the list',
  ],
];
