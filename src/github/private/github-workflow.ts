import { TrustedToken } from './github-trust';
import { isWild } from '../../shared/wildcards';

/** What a workflow is by itself, as long as nobody says otherwise. */
export interface WorkflowDefaults {
  readonly name: string;
  /** The variable of the repository that has the ARN of the role. */
  readonly roleVariable: string;
  readonly installCommands: string[];
  readonly commands: string[];
}

const ANY_ROLE: WorkflowDefaults = { name: 'Deploy', roleVariable: 'AWS_ROLE_ARN', installCommands: [], commands: ['aws sts get-caller-identity'] };

/** By which role it is: two workflows of one repository have neither a name nor a variable in common. */
export const WORKFLOW_DEFAULTS = {
  any: ANY_ROLE,
  plan: { name: 'Plan', roleVariable: 'AWS_PLAN_ROLE_ARN', installCommands: ['npm ci'], commands: ['npx cdk diff --method=template'] },
  apply: { ...ANY_ROLE, roleVariable: 'AWS_APPLY_ROLE_ARN' },
};

/** What a workflow is called, and what the steps of its jobs are told. */
export interface WorkflowSteps {
  readonly name: string;
  readonly roleArn: string;
  readonly region: string;
  readonly audience?: string;
  /** Before the job takes the role. */
  readonly installCommands: string[];
  readonly commands: string[];
}

/** A command that installs packages and does nothing else, as it is one command with plain parameters. */
const INSTALLS = /^(npm (ci|i|install)|yarn|yarn install|pnpm (i|install)|bun install|pip3? install|python3? -m pip install|poetry install|uv sync|bundle install|go mod download)( [\w./=@:-]+)*$/;

/** Which commands run before the job takes the role, and which by it. */
export function commandsOf(
  defaults: WorkflowDefaults, { installCommands, commands }: { readonly installCommands?: string[]; readonly commands?: string[] },
): Pick<WorkflowSteps, 'installCommands' | 'commands'> {
  if (installCommands !== undefined) return { installCommands, commands: commands ?? defaults.commands };
  if (commands === undefined) return defaults;
  const first = commands.findIndex((command) => !INSTALLS.test(command));
  const installing = first < 0 ? commands.length : first;
  return { installCommands: commands.slice(0, installing), commands: commands.slice(installing) };
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
  return document(steps, [...triggers(trusted), ...concurrency(trusted), 'jobs:', ...jobs.flat()]);
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
  return document(steps, ['  workflow_call:', ...(some ? input : []), 'jobs:', ...jobs.flatMap((lines, index) => job(steps, index, lines))]);
}

function document({ name }: WorkflowSteps, lines: string[]): string {
  return [`name: ${name}`, 'on:', ...lines, ''].join('\n');
}

/**
 * One run at a time, for each branch, tag or pull request, and environment: two deployments of the same are in each other's way. One under way is not broken off, as it would leave a
 * stack half-way, or a lock. A reusable workflow has none: in the group of its caller it would wait for itself.
 *
 * @see https://docs.github.com/en/actions/how-tos/write-workflows/choose-when-workflows-run/control-workflow-concurrency
 */
function concurrency(trusted: TrustedToken[]): string[] {
  const environment = hasWildEnvironment(trusted) ? '-${{ inputs.environment }}' : '';
  return ['concurrency:', `  group: \${{ github.workflow }}-\${{ github.ref }}${environment}`, '  cancel-in-progress: false'];
}

function job({ name }: WorkflowSteps, index: number, lines: string[]): string[] {
  return [`  ${name.toLowerCase()}${index === 0 ? '' : `-${index + 1}`}:`, ...lines];
}

/**
 * By their commits, which nobody can move, as anybody who owns an action can move its tags: `git rev-parse v6.1.0^{commit}` of the repository.
 *
 * @see https://docs.github.com/en/actions/reference/security/secure-use#using-third-party-actions
 */
const CHECKOUT = 'actions/checkout@d23441a48e516b6c34aea4fa41551a30e30af803 # v6.1.0';
const CONFIGURE_CREDENTIALS = 'aws-actions/configure-aws-credentials@e6de054238d6b7531b4efff3b6587d9aade6a06c # v6.2.3';

/** The action asks for a session of an hour, unless it is told otherwise: https://github.com/aws-actions/configure-aws-credentials#options */
const SESSION_MINUTES = 60;

const PERMISSIONS = [
  '    permissions:',
  '      contents: read',
  '      id-token: write # without it GitHub makes no token',
];

function ownJob({ roleArn, region, audience, installCommands, commands }: WorkflowSteps, environment: string | undefined): string[] {
  return [
    '    runs-on: ubuntu-latest',
    ...(environment === undefined ? [] : [`    environment: ${nameOf(environment)}`]),
    `    timeout-minutes: ${SESSION_MINUTES}`,
    ...PERMISSIONS,
    '    steps:',
    `      - uses: ${CHECKOUT}`,
    '        with:',
    '          persist-credentials: false',
    ...installCommands.map((command) => `      - run: ${quoted(command)}`),
    `      - uses: ${CONFIGURE_CREDENTIALS}`,
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
  return [
    ...(branches.length + tags.length > 0 || contexts.has('anything') ? ['  push:'] : []),
    ...(branches.length > 0 ? ['    branches:', ...branches.map((branch) => `      - ${quoted(branch)}`)] : []),
    ...(tags.length > 0 ? ['    tags:', ...tags.map((tag) => `      - ${quoted(tag)}`)] : []),
    ...(contexts.has('pull request') ? ['  pull_request:'] : []),
    ...(contexts.has('environment') ? ['  workflow_dispatch:'] : []),
    ...(hasWildEnvironment(trusted) ? ['    inputs:', '      environment:', '        required: true'] : []),
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

function hasWildEnvironment(trusted: TrustedToken[]): boolean {
  return trusted.some((token) => isWild(environmentOf(token) ?? ''));
}

/** JSON strings are strings of YAML, too, but for characters that are not printable there: https://yaml.org/spec/1.2.2/#51-character-set */
function quoted(text: string): string {
  return JSON.stringify(text).replace(/[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
