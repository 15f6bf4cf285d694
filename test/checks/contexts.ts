import recommended from 'aws-cdk-lib/recommended-feature-flags.json';

// This one makes each synthesis print its warnings, which are tested elsewhere.
const { '@aws-cdk/core:annotationsInValidationReport': _, ...quiet } = recommended;

/** The feature flags that an app may have: an old one none, a new one all that CDK recommends. */
export const FLAG_SETS: { name: string; context: Record<string, unknown> }[] = [
  { name: 'no feature flags', context: {} },
  { name: 'all recommended feature flags', context: quiet },
];
