import { isWild, TrustedToken } from './github-trust';

interface WorkflowProps {
  readonly trusted: TrustedToken[];
  readonly roleArn: string;
  readonly region: string;
  readonly audience?: string;
  readonly commands: string[];
}

/**
 * A workflow of GitHub Actions whose jobs get the tokens that are trusted.
 *
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax
 */
export function workflowYaml({ trusted, roleArn, region, audience, commands }: WorkflowProps): string {
  const environments = [...new Set(trusted.map(({ job }) => (job.context === 'environment' ? job.name : undefined)))];
  const jobs = environments.map((environment, index) => [
    `  ${index === 0 ? 'deploy' : `deploy-${index + 1}`}:`,
    '    runs-on: ubuntu-latest',
    ...(environment === undefined ? [] : [`    environment: ${isWild(environment) ? '${{ inputs.environment }}' : quoted(environment)}`]),
    '    permissions:',
    '      contents: read',
    '      id-token: write # without it GitHub makes no token',
    '    steps:',
    '      - uses: actions/checkout@v6',
    '      - uses: aws-actions/configure-aws-credentials@v6',
    '        with:',
    `          role-to-assume: ${quoted(roleArn)}`,
    `          aws-region: ${quoted(region)}`,
    ...(audience === undefined ? [] : [`          audience: ${quoted(audience)}`]),
    ...commands.map((command) => `      - run: ${quoted(command)}`),
  ]);
  return ['name: Deploy', 'on:', ...triggers(trusted), 'jobs:', ...jobs.flat(), ''].join('\n');
}

/** What makes jobs of the kinds that are trusted; a subject that allows all of them is served by a push. */
function triggers(trusted: TrustedToken[]): string[] {
  const refs = trusted.flatMap(({ job, claims }) => [
    ...(job.context === 'branch' ? [`refs/heads/${job.name}`] : []),
    ...(job.context === 'tag' ? [`refs/tags/${job.name}`] : []),
    ...(job.context === 'environment' && claims.ref !== undefined ? [claims.ref] : []),
  ]);
  const named = (prefix: string) => [...new Set(refs.filter((ref) => ref.startsWith(prefix)).map((ref) => ref.slice(prefix.length)))];
  const [branches, tags] = [named('refs/heads/'), named('refs/tags/')];
  const contexts = new Set(trusted.map(({ job }) => job.context));
  const wildEnvironment = trusted.some(({ job }) => job.context === 'environment' && isWild(job.name));
  return [
    ...(branches.length + tags.length > 0 || contexts.has('anything') ? ['  push:'] : []),
    ...(branches.length > 0 ? ['    branches:', ...branches.map((branch) => `      - ${quoted(branch)}`)] : []),
    ...(tags.length > 0 ? ['    tags:', ...tags.map((tag) => `      - ${quoted(tag)}`)] : []),
    ...(contexts.has('pull request') ? ['  pull_request:'] : []),
    ...(contexts.has('environment') ? ['  workflow_dispatch:'] : []),
    ...(wildEnvironment ? ['    inputs:', '      environment:', '        required: true'] : []),
    ...(trusted.some(({ claims }) => claims.job_workflow_ref !== undefined) ? ['  workflow_call: # this is the reusable workflow'] : []),
  ];
}

/** JSON strings are strings of YAML, too. */
function quoted(text: string): string {
  return JSON.stringify(text);
}
