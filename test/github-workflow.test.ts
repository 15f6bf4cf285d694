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

function workflow(subjects: GithubSubject[], { env, role, options }: Circumstances = {}): string {
  const stack = new Stack(new App(), 'Stack', { env });
  return new GithubOidcRole(stack, 'Role', { subjects, ...role }).workflowYaml(options);
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
  ['a reusable workflow', workflow([MAIN.throughWorkflow('octo-org/octo-automation/.github/workflows/oidc.yml@refs/heads/main')])],
  ['everything at once', workflow([MAIN, PRODUCTION.onBranch('main'), GithubSubject.pullRequest(REPOSITORY), GithubSubject.tag(REPOSITORY, 'v*')])],
  ['other values', workflow([MAIN], {
    env: { region: 'eu-west-3' }, role: { audience: 'example' }, options: { roleArn: 'arn:aws:iam::123456789012:role/deploy', commands: ['npm ci', 'echo "a: b" # c'] },
  })],
];

test('GitHub finds nothing wrong in any', () => {
  expect(errorsIn(WORKFLOWS.map(([, yaml]) => yaml))).toEqual(WORKFLOWS.map(() => []));
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
  expect(workflow([MAIN])).toBe(`name: Deploy
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
