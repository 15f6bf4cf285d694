import { awscdk, github } from 'projen';

const { READ } = github.workflows.JobPermission;

/** What `npm run test:all` runs, in jobs that take about the same time: each runner of scripts/runners.mjs in one, which a test compares. */
export const JOBS = [
  'unit fuzz',
  'newest lint lint-regions',
  'mutations checkov',
  'consumers consumers-more',
  'life e2e',
  'databases soak terraform',
  'containers browser tables',
];

/** Too long for each pull request, with what they take on two cores. */
const NIGHTLY = [
  { name: 'mutate', run: 'npm run mutate', timeoutMinutes: 120 }, // 35 min: all defects, and all that catches them
  { name: 'fuzz', run: 'npm run fuzz -- --executions 24000 --seed ${{ github.run_number }}', timeoutMinutes: 60 }, // 15 min
  { name: 'soak', run: 'npm run soak -- --photos 2000 --seed ${{ github.run_number }} --faults 0.2', timeoutMinutes: 90 }, // 20 min
];

/**
 * Has GitHub run what `.ci/run` runs for each pull request, in jobs side by side that wait for no other: the build, which leaves the tree as it is, the
 * comparison with the last release, and the tests, each once. A job may take three times what it takes on two idle cores.
 */
export class EverythingInCi {
  constructor(project: awscdk.AwsCdkConstructLibrary) {
    project.tasks.tryFind('compat')?.reset('node scripts/compat.mjs');
    const tools = { node: { version: project.minNodeVersion! }, python: { version: '3.x' }, java: { version: '17' }, go: { version: '^1.23.0' } };
    const runner = { runsOn: ['ubuntu-latest'], permissions: { contents: READ }, env: { CI: 'true' } };
    const keepReports = (name: string) => ({ ...github.WorkflowSteps.uploadArtifact({ with: { name, path: 'test-reports', ifNoFilesFound: 'ignore' } }), if: '${{ always() }}' });
    const requested = { ref: '${{ github.event.pull_request.head.sha }}', repository: '${{ github.event.pull_request.head.repo.full_name }}' };

    project.buildWorkflow?.addPostBuildSteps(keepReports('construct-analyzer'));
    const build = project.github?.tryFindWorkflow('build');
    build?.addJob('compat', {
      ...runner,
      tools: { node: tools.node },
      timeoutMinutes: 15,
      steps: [
        github.WorkflowSteps.checkout({ with: { ...requested, fetchDepth: 0 } }), // with tags
        { name: 'Install and compile', run: 'node scripts/install.mjs packages library' },
        { name: 'Nothing is taken away from the last release', run: 'npx projen compat' },
      ],
    });
    build?.addJob('tests', {
      ...runner,
      name: 'tests (${{ matrix.runners }})',
      tools,
      timeoutMinutes: 30,
      strategy: { failFast: false, matrix: { domain: { runners: JOBS } } },
      steps: [
        github.WorkflowSteps.checkout({ with: requested }),
        { name: 'Tests', run: 'npm test -- ${{ matrix.runners }}' },
        keepReports('test-reports-${{ strategy.job-index }}'),
      ],
    });

    const nightly = project.github?.addWorkflow('nightly');
    nightly?.on({ schedule: [{ cron: '17 2 * * *' }], workflowDispatch: {} });
    for (const { name, run, timeoutMinutes } of NIGHTLY) {
      nightly?.addJob(name, {
        ...runner,
        tools: { node: tools.node, python: tools.python },
        timeoutMinutes,
        steps: [github.WorkflowSteps.checkout(), { name, run }, keepReports(name)],
      });
    }
  }
}
