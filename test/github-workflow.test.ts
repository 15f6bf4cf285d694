import { execFileSync } from 'child_process';
import { mkdtempSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { App, Environment, Stack } from 'aws-cdk-lib';
import { GithubOidcProvider, GithubOidcRole, GithubOidcRoleProps, GithubSubject, GithubWorkflowOptions } from '../src';

const ROOT = join(__dirname, '..');
const PARSER = join(mkdtempSync(join(tmpdir(), 'workflow-parser-')), 'parser.cjs');

/** GitHub's own parser is made of ES modules and JSON, which jest does not load: bundled, it runs in a process of its own. */
beforeAll(() => {
  const source = `
    import { readFileSync } from 'node:fs';
    import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser';
    const errors = JSON.parse(readFileSync(0, 'utf8')).map(async (content) => {
      const { context, value } = parseWorkflow({ name: 'deploy.yml', content }, new NoOperationTraceWriter());
      if (value) await convertWorkflowTemplate(context, value);
      return context.errors.getErrors().map((error) => error.message);
    });
    Promise.all(errors).then((all) => console.log(JSON.stringify(all)));
  `;
  const parameters = ['--bundle', '--platform=node', '--log-level=error', `--outfile=${PARSER}`];
  execFileSync(join(ROOT, 'node_modules', '.bin', 'esbuild'), parameters, { cwd: ROOT, input: source });
});

/** What GitHub finds wrong in workflows. */
function errorsIn(workflows: string[]): string[][] {
  return JSON.parse(execFileSync(process.execPath, [PARSER], { input: JSON.stringify(workflows), encoding: 'utf8' }));
}

interface Circumstances {
  readonly env?: Environment;
  readonly role?: Partial<GithubOidcRoleProps>;
  readonly options?: GithubWorkflowOptions;
}

function roleOf(subjects: GithubSubject[], { env, role }: Circumstances = {}): GithubOidcRole {
  return new GithubOidcRole(new Stack(new App(), 'Stack', { env }), 'Role', { subjects, ...role });
}

function workflow(subjects: GithubSubject[], circumstances: Circumstances = {}): string {
  return roleOf(subjects, circumstances).workflowYaml(circumstances.options);
}

const REPOSITORY = 'octo-org@1/octo-repo@2';
const MAIN = GithubSubject.branch(REPOSITORY, 'main');
const PRODUCTION = GithubSubject.environment(REPOSITORY, 'production');

const WORKFLOWS: [name: string, yaml: string][] = [
  ['a branch', workflow([MAIN])],
  ['branches and tags', workflow([MAIN, GithubSubject.branch(REPOSITORY, 'release/*'), GithubSubject.tag(REPOSITORY, 'v?.*')])],
  ['a pull request', workflow([GithubSubject.pullRequest(REPOSITORY)])],
  ['anything', workflow([GithubSubject.anyRef(REPOSITORY)])],
  ['an environment', workflow([PRODUCTION])],
  ['an environment on a branch', workflow([PRODUCTION.onBranch('main')])],
  ['two environments', workflow([PRODUCTION, GithubSubject.environment(REPOSITORY, 'say "hi": #1')])],
  ['environments by a pattern', workflow([GithubSubject.environment(REPOSITORY, 'review-*')])],
  ['everything at once', workflow([MAIN, PRODUCTION.onBranch('main'), GithubSubject.pullRequest(REPOSITORY), GithubSubject.tag(REPOSITORY, 'v*')])],
  ['other values', workflow([MAIN], {
    env: { region: 'eu-west-3' }, role: { audience: 'example' }, options: { roleArn: 'arn:aws:iam::123456789012:role/deploy', commands: ['npm ci', 'echo "a: b" # c'] },
  })],
];

const REUSABLE = 'octo-org/octo-automation/.github/workflows/oidc.yml';
const THROUGH_MAIN = `${REUSABLE}@refs/heads/main`;

const THROUGH: [name: string, role: GithubOidcRole][] = [
  ['a branch', roleOf([MAIN.throughWorkflow(THROUGH_MAIN)])],
  ['a tag of the reusable workflow', roleOf([MAIN.throughWorkflow(`${REUSABLE}@refs/tags/v1`)])],
  ['a commit of the reusable workflow', roleOf([MAIN.throughWorkflow(`${REUSABLE}@${'0a'.repeat(20)}`)])],
  ['an environment', roleOf([PRODUCTION.throughWorkflow(THROUGH_MAIN)])],
  ['environments by a pattern', roleOf([GithubSubject.environment(REPOSITORY, 'review-*').onBranch('main').throughWorkflow(THROUGH_MAIN)])],
  ['with an environment and without', roleOf([MAIN, PRODUCTION.onBranch('main')].map((subject) => subject.throughWorkflow(THROUGH_MAIN)))],
  ['only where it deploys', roleOf([GithubSubject.pullRequest(REPOSITORY), PRODUCTION.throughWorkflow(THROUGH_MAIN)])],
  ['another audience', roleOf([MAIN.throughWorkflow(THROUGH_MAIN)], { role: { audience: 'example' } })],
];

test('GitHub finds nothing wrong in any', () => {
  const all = [...WORKFLOWS.map(([, yaml]) => yaml), ...THROUGH.flatMap(([, role]) => [role.workflowYaml(), role.reusableWorkflowYaml()])];
  expect(errorsIn(all)).toEqual(all.map(() => []));
});

test.each<[string, (yaml: string) => string]>([
  ['a trigger that there is not', (yaml) => yaml.replace('  push:', '  pushed:')],
  ['a permission that there is not', (yaml) => yaml.replace('id-token: write', 'id-tokens: write')],
  ['a job that runs nowhere', (yaml) => yaml.replace('    runs-on: ubuntu-latest\n', '')],
  ['an expression of a context that there is not', (yaml) => yaml.replace('vars.AWS_ROLE_ARN', 'var.AWS_ROLE_ARN')],
])('GitHub finds %s', (_, broken) => {
  const [, yaml] = WORKFLOWS[0];
  expect(broken(yaml)).not.toBe(yaml);
  expect(errorsIn([broken(yaml)])[0]).not.toEqual([]);
});

test('the workflow of a branch, to the letter', () => {
  expect(workflow([MAIN])).toBe(`# Its actions are named by tags, which their owners can move: put the SHA of a commit that you trust in their place.
name: Deploy
on:
  push:
    branches:
      - "main"
jobs:
  deploy:
    runs-on: ubuntu-latest
    permissions:
      contents: read
      id-token: write # without it GitHub makes no token
    steps:
      - uses: actions/checkout@v6
      - uses: aws-actions/configure-aws-credentials@v6
        with:
          role-to-assume: "\${{ vars.AWS_ROLE_ARN }}"
          aws-region: "\${{ vars.AWS_REGION }}"
      - run: "aws sts get-caller-identity"
`);
});

test('the workflow that calls a reusable one, and that one, to the letter', () => {
  const role = roleOf([PRODUCTION.onBranch('main').throughWorkflow(THROUGH_MAIN)]);
  expect(role.workflowYaml()).toBe(`name: Deploy
on:
  push:
    branches:
      - "main"
  workflow_dispatch:
jobs:
  deploy:
    permissions:
      contents: read
      id-token: write # without it GitHub makes no token
    uses: "octo-org/octo-automation/.github/workflows/oidc.yml@main"
    with:
      environment: "production"
`);
  expect(role.reusableWorkflowYaml({ region: 'eu-west-3', commands: ['npx cdk deploy'] })).toBe(`# Its actions are named by tags, which their owners can move: put the SHA of a commit that you trust in their place.
name: Deploy
on:
  workflow_call:
    inputs:
      environment:
        type: string
        required: true
jobs:
  deploy:
    runs-on: ubuntu-latest
    environment: \${{ inputs.environment }}
    permissions:
      contents: read
      id-token: write # without it GitHub makes no token
    steps:
      - uses: actions/checkout@v6
      - uses: aws-actions/configure-aws-credentials@v6
        with:
          role-to-assume: "\${{ vars.AWS_ROLE_ARN }}"
          aws-region: "eu-west-3"
      - run: "npx cdk deploy"
`);
});

test('a reusable workflow by a pattern has to be named', () => {
  const yaml = workflow([MAIN.throughWorkflow(`${REUSABLE}@refs/tags/v*`)]);
  expect(yaml).toContain(`    uses: "${REUSABLE}@v*" # name one that fits "${REUSABLE}@refs/tags/v*"\n`);
  expect(errorsIn([yaml])).toEqual([[]]);
});

test('there is no reusable workflow where no subject asks for one', () => {
  expect(() => roleOf([MAIN]).reusableWorkflowYaml()).toThrow(
    'Stack/Role: \'subjects\' must have one with throughWorkflow() for a reusable workflow, got none: use workflowYaml()');
});

test.each([['release/*', 'release/**'], ['v?.*', 'v**.**'], ['c++', 'c\\+\\+'], ['!important', '\\!important'], ['a!', 'a!']])('what IAM calls %s, GitHub calls %s', (name, filter) => {
  for (const subject of [GithubSubject.branch, GithubSubject.tag]) expect(workflow([subject(REPOSITORY, name)])).toContain(`      - ${JSON.stringify(filter)}\n`);
});

test('region, role, audience and commands are those that are known', () => {
  const yaml = WORKFLOWS.find(([name]) => name === 'other values')![1];
  for (const line of ['role-to-assume: "arn:aws:iam::123456789012:role/deploy"', 'aws-region: "eu-west-3"', 'audience: "example"', '- run: "npm ci"']) expect(yaml).toContain(line);
});

test('a job for each environment, and one for what has none', () => {
  const yaml = workflow([MAIN, PRODUCTION, GithubSubject.environment(REPOSITORY, 'staging')]);
  expect(yaml.match(/^ {2}deploy.*:$/gm)).toEqual(['  deploy:', '  deploy-2:', '  deploy-3:']);
  expect(yaml.match(/environment: .*/g)).toEqual(['environment: "production"', 'environment: "staging"']);
});

test('an enterprise server gets a workflow, too', () => {
  const provider = GithubOidcProvider.fromAccount({ issuerUrl: 'https://github.example.org/_services/token' });
  expect(errorsIn([workflow([GithubSubject.branch('o/r', 'main')], { role: { provider } })])).toEqual([[]]);
});
