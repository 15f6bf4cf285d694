import { awscdk, github } from 'projen';

/**
 * Has GitHub run `.ci/run`, the whole truth, for each pull request that the build leaves as it is: what the build generates is first
 * pushed to the request, which starts over.
 */
export class EverythingInCi {
  constructor(project: awscdk.AwsCdkConstructLibrary) {
    project.tasks.tryFind('compat')?.reset('node scripts/compat.mjs');
    project.github?.tryFindWorkflow('build')?.addJob('everything', {
      needs: ['build'],
      if: '${{ !needs.build.outputs.self_mutation_happened }}',
      runsOn: ['ubuntu-latest'],
      permissions: { contents: github.workflows.JobPermission.READ },
      timeoutMinutes: 60,
      tools: { node: { version: project.minNodeVersion! }, python: { version: '3.x' }, java: { version: '17' }, go: { version: '^1.23.0' } },
      steps: [
        github.WorkflowSteps.checkout({
          with: {
            ref: '${{ github.event.pull_request.head.sha }}',
            repository: '${{ github.event.pull_request.head.repo.full_name }}',
            fetchDepth: 0, // with tags: the API is compared with the last release
          },
        }),
        { name: 'Everything', run: '.ci/run' },
      ],
    });
  }
}
