import { awscdk, Component, JsonPatch } from 'projen';

/**
 * Publishes to each registry's own default: the workflow names no host.
 */
export class Release extends Component {
  constructor(private readonly library: awscdk.AwsCdkConstructLibrary) {
    super(library);
  }

  /** The publishing jobs exist only from here on. */
  public preSynthesize(): void {
    const workflow = this.library.github?.tryFindWorkflow('release');
    const job = workflow?.getJob('release_npm') as { steps: { env?: Record<string, string> }[] };
    // The rendered job gets one step (Node set-up) in front; a wrong index fails the synthesis of the workflow.
    const publish = 1 + job.steps.findIndex((step) => step.env?.NPM_REGISTRY !== undefined);
    workflow?.file?.patch(JsonPatch.remove(`/jobs/release_npm/steps/${publish}/env/NPM_REGISTRY`));
  }
}
