import { isWild, TrustedToken } from './github-trust';

/** What a workflow is by itself, as long as nobody says otherwise. */
export interface WorkflowDefaults {
  readonly name: string;
  /** The variable of the repository that has the ARN of the role. */
  readonly roleVariable: string;
  readonly commands: string[];
}

const ANY_ROLE: WorkflowDefaults = { name: 'Deploy', roleVariable: 'AWS_ROLE_ARN', commands: ['aws sts get-caller-identity'] };

/** By which role it is: two workflows of one repository have neither a name nor a variable in common. */
export const WORKFLOW_DEFAULTS = {
  any: ANY_ROLE,
  plan: { name: 'Plan', roleVariable: 'AWS_PLAN_ROLE_ARN', commands: ['npm ci', 'npx cdk diff --method=template'] },
  apply: { ...ANY_ROLE, roleVariable: 'AWS_APPLY_ROLE_ARN' },
};

/** What a workflow is called, and what the steps of its jobs are told. */
export interface WorkflowSteps {
  readonly name: string;
  readonly roleArn: string;
  readonly region: string;
  readonly audience?: string;
  readonly commands: string[];
}

/**
 * A workflow of the repository that is trusted, whose jobs get the tokens that are: by themselves, or through the reusable workflows that have to
 * be called.
 *
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax
 */
export function workflowYaml(trusted: TrustedToken[], steps: WorkflowSteps): string {
  const kinds = new Map(trusted.map((token) => [JSON.stringify([environmentOf(token), token.claims.job_workflow_ref]), token]));
  const jobs = [...kinds.values()].map((token, index) => {
    const environment = environmentOf(token);
    const called = token.claims.job_workflow_ref;
    return job(steps, index, called === undefined ? ownJob(steps, environment) : callingJob(called, environment));
  });
  return document(steps, trusted.some(({ claims }) => claims.job_workflow_ref === undefined), [...triggers(trusted), 'jobs:', ...jobs.flat()]);
}

/**
 * A reusable workflow, which `workflowYaml()` calls: its tokens have the subject of who calls it. One for an environment is told its name.
 *
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/reusing-workflow-configurations
 */
export function reusableWorkflowYaml(trusted: TrustedToken[], steps: WorkflowSteps): string {
  const [some, none] = [true, false].map((wanted) => trusted.some((token) => (environmentOf(token) !== undefined) === wanted));
  const input = ['    inputs:', '      environment:', '        type: string', ...(none ? ["        default: ''"] : ['        required: true'])];
  const condition = (operator: string) => (some && none ? [`    if: \${{ inputs.environment ${operator} '' }}`] : []);
  const jobs = [
    ...(none ? [[...condition('=='), ...ownJob(steps, undefined)]] : []),
    ...(some ? [[...condition('!='), ...ownJob(steps, '*')]] : []),
  ];
  return document(steps, true, ['  workflow_call:', ...(some ? input : []), 'jobs:', ...jobs.flatMap((lines, index) => job(steps, index, lines))]);
}

function document({ name }: WorkflowSteps, hasSteps: boolean, lines: string[]): string {
  const advice = '# Its actions are named by tags, which their owners can move: put the SHA of a commit that you trust in their place.';
  return [...(hasSteps ? [advice] : []), `name: ${name}`, 'on:', ...lines, ''].join('\n');
}

function job({ name }: WorkflowSteps, index: number, lines: string[]): string[] {
  return [`  ${name.toLowerCase()}${index === 0 ? '' : `-${index + 1}`}:`, ...lines];
}

const PERMISSIONS = [
  '    permissions:',
  '      contents: read',
  '      id-token: write # without it GitHub makes no token',
];

function ownJob({ roleArn, region, audience, commands }: WorkflowSteps, environment: string | undefined): string[] {
  return [
    '    runs-on: ubuntu-latest',
    ...(environment === undefined ? [] : [`    environment: ${nameOf(environment)}`]),
    ...PERMISSIONS,
    '    steps:',
    '      - uses: actions/checkout@v6',
    '      - uses: aws-actions/configure-aws-credentials@v6',
    '        with:',
    `          role-to-assume: ${quoted(roleArn)}`,
    `          aws-region: ${quoted(region)}`,
    ...(audience === undefined ? [] : [`          audience: ${quoted(audience)}`]),
    ...commands.map((command) => `      - run: ${quoted(command)}`),
  ];
}

/** GitHub takes the names of branches and tags there, and makes refs of them in the claim. */
function callingJob(workflowRef: string, environment: string | undefined): string[] {
  const called = quoted(workflowRef.replace(/@refs\/(heads|tags)\//, '@'));
  return [
    ...PERMISSIONS,
    `    uses: ${called}${isWild(workflowRef) ? ` # name one that fits ${quoted(workflowRef)}` : ''}`,
    ...(environment === undefined ? [] : ['    with:', `      environment: ${nameOf(environment)}`]),
  ];
}

function environmentOf({ job: { context, name } }: TrustedToken): string | undefined {
  return context === 'environment' ? name : undefined;
}

function nameOf(environment: string): string {
  return isWild(environment) ? '${{ inputs.environment }}' : quoted(environment);
}

/** What makes jobs of the kinds that are trusted; a subject that allows all of them is served by a push. */
function triggers(trusted: TrustedToken[]): string[] {
  const refs = trusted.flatMap(({ job: { context, name }, claims }) => [
    ...(context === 'branch' ? [`refs/heads/${name}`] : []),
    ...(context === 'tag' ? [`refs/tags/${name}`] : []),
    ...(context === 'environment' && !isWild(name) && claims.ref !== undefined ? [claims.ref] : []),
  ]);
  const named = (prefix: string) => [...new Set(refs.filter((ref) => ref.startsWith(prefix)).map((ref) => filterOf(ref.slice(prefix.length))))];
  const [branches, tags] = [named('refs/heads/'), named('refs/tags/')];
  const contexts = new Set(trusted.map(({ job: { context } }) => context));
  const wildEnvironment = trusted.some((token) => isWild(environmentOf(token) ?? ''));
  return [
    ...(branches.length + tags.length > 0 || contexts.has('anything') ? ['  push:'] : []),
    ...(branches.length > 0 ? ['    branches:', ...branches.map((branch) => `      - ${quoted(branch)}`)] : []),
    ...(tags.length > 0 ? ['    tags:', ...tags.map((tag) => `      - ${quoted(tag)}`)] : []),
    ...(contexts.has('pull request') ? ['  pull_request:'] : []),
    ...(contexts.has('environment') ? ['  workflow_dispatch:'] : []),
    ...(wildEnvironment ? ['    inputs:', '      environment:', '        required: true'] : []),
  ];
}

/**
 * What starts a workflow wherever IAM's pattern fits. To GitHub, `*` ends at a slash, and `?` and `+` are about the character before them.
 *
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#filter-pattern-cheat-sheet
 */
function filterOf(pattern: string): string {
  return pattern.replace(/^!|\+/g, '\\$&').replace(/[*?]+/g, '**');
}

/** JSON strings are strings of YAML, too. */
function quoted(text: string): string {
  return JSON.stringify(text);
}
