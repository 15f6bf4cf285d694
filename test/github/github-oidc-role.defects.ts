import { ManagedPolicy, Role } from 'aws-cdk-lib/aws-iam';
import { inFile, SourceDefect } from '../mutations/source-defect';
import { override, TemplateDefect } from '../mutations/template-defect';

export const TEMPLATE_DEFECTS: TemplateDefect[] = [
  { name: 'a repository is an administrator', variant: 'GithubOidcRole', at: 'Role', change: (role: Role) => role.addManagedPolicy(ManagedPolicy.fromAwsManagedPolicyName('AdministratorAccess')) },
  { name: 'a repository stays for longer than IAM lets it', variant: 'GithubOidcRole', at: 'Role/Resource', change: override('MaxSessionDuration', 43_201) },
];

export const SOURCE_DEFECTS: SourceDefect[] = [
  ...inFile('src/github/private/github-trust.ts', [
    { name: 'any audience is trusted', find: "['aud', audience], ", replace: '' },
    { name: 'a classic subject is trusted for ever', find: '{ ...condition, DateLessThan: { [CURRENT_TIME]: endOf(classicUntil).toISOString() } }', replace: 'condition', test: 'test/github/github-oidc-role.test.ts' },
    { name: 'all claims are compared as patterns', find: "claim !== 'aud' && [values].flat().some(isWild) ? ", replace: 'true ? ' },
    { name: 'what different subjects ask for is mixed', find: 'JSON.stringify([isWild(subjectOf(token.job)), token.job.classicUntil, Object.entries(token.claims).sort()])', replace: "''" },
    { name: 'claims are asked for that STS does not have', find: 'if (!place) return;', replace: 'return;' },
    { name: 'any branch of a reusable workflow is taken without a word', find: 'return isWild(workflowRef) && ', replace: 'return false && ' },
  ]),
  ...inFile('src/github/github-subject.ts', [
    { name: 'a wildcard is an owner', find: '/^[A-Za-z0-9][\\w-]*(@', replace: '/^[*A-Za-z0-9][\\w-]*(@' },
  ]),
  ...inFile('src/github/private/trust-explanation.ts', [
    { name: 'a missing claim is no reason', find: 'holds: value !== undefined && patterns', replace: 'holds: value === undefined || patterns' },
    { name: 'a statement for another provider is for this one', find: 'isForWebIdentities(statement, undecided) && isForProvider(statement, federation, undecided)', replace: 'isForWebIdentities(statement, undecided)', test: 'test/github/github-oidc-role.test.ts' },
    { name: 'who is not meant is not asked for', find: 'if (NotPrincipal !== undefined) throw', replace: 'if (NotPrincipal === null) throw', test: 'test/github/github-oidc-role.test.ts' },
  ]),
  ...inFile('src/github/private/github-workflow.ts', [
    { name: 'a reusable workflow is called at no ref that fits', find: "'@'));", replace: "'@v'));" },
    { name: 'both roles of a pair are in one variable', find: "'AWS_PLAN_ROLE_ARN'", replace: "'AWS_APPLY_ROLE_ARN'" },
  ]),
  ...inFile('src/shared/wildcards.ts', [
    { name: 'the ends of patterns do not matter', find: '    && fitsAt(one.slice(one.length - end), other, other.length - end, ANY_ONE);', replace: ';', test: 'test/shared/wildcards.test.ts' },
  ]),
  ...inFile('src/github/github-oidc-role.ts', [
    { name: 'a push asks for nothing before it', find: ", 'ecr:BatchGetImage',", replace: ',' },
    { name: 'a plan may deploy', find: '    plan.grantCdkTemplateDiff();\n', replace: '    plan.grantCdkDeploy();\n' },
    { name: 'a plan may read everything', find: '    plan.grantCdkTemplateDiff();\n', replace: '    plan.grantCdkDiff();\n' },
  ]),
  ...inFile('src/github/private/validate.ts', [
    { name: 'pull requests write without a word', find: 'trusted.filter(isOfPullRequest)', replace: 'trusted.filter((token) => !isOfPullRequest(token))' },
  ]),
  ...inFile('src/github/private/github-trust.ts', [
    { name: 'a subject and a claim contradict each other', find: 'if (known === undefined || known.some((pattern) => overlap(pattern, value))) return;', replace: 'if (known === undefined || known.length > 0) return;', test: 'test/github/github-subject.test.ts' },
  ]),
  ...inFile('src/github/private/validate.ts', [
    { name: 'a region is a city', find: 'const REGION = /^[a-z]{2,4}(-[a-z]+)+-\\d{1,2}$/;', replace: 'const REGION = /./;', test: 'test/github/github-oidc-role.test.ts' },
  ]),
  ...inFile('src/github/github-oidc-provider.ts', [
    { name: 'an account gets two providers', find: 'here ?? elsewhere ?? create(', replace: 'elsewhere ?? create(' },
  ]),
];
