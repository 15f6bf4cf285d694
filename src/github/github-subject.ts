import { Token } from 'aws-cdk-lib';
import { isImmutable, requireClaimFitsSubject, STS_CLAIMS, subjectOf, TrustedJob, TrustedToken } from './private/github-trust';
import { Checks, isPlaceholder } from '../shared/checks';
import { list, made, requireArgument } from '../shared/kinds';

const check = new Checks('GithubSubject');

/**
 * Which jobs of GitHub Actions a role trusts, by what GitHub says of them in their token.
 *
 * A repository is given as `owner/name`, or with the ids of both as `owner@123456/name@456789`, which is how GitHub writes the subject of
 * repositories that were created, renamed or transferred since 15 July 2026, or that opted in. Such an immutable subject never fits another
 * repository that takes the name over. `gh api repos/OWNER/NAME --jq '"\(.owner.login)@\(.owner.id)/\(.name)@\(.id)"'` prints it.
 *
 * In the name of a branch, a tag or an environment, `*` stands for anything and `?` for one character.
 *
 * @see https://docs.github.com/en/actions/reference/security/oidc#example-subject-claims
 * @see https://github.blog/changelog/2026-04-23-immutable-subject-claims-for-github-actions-oidc-tokens/
 */
export class GithubSubject {
  /**
   * Jobs that run for a branch: pushes to it, schedules and dispatches. Not those for an environment, whose subject has no branch.
   *
   * Those for the default branch, too, that `pull_request_target` and `workflow_run` start, which anybody may set off: they must not run code of a
   * pull request.
   *
   * @see https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows#pull_request_target
   *
   * @param repository `owner/name` or `owner@ID/name@ID`
   * @param branch its name, without `refs/heads/`
   * @throws if either is not the name of one
   */
  public static branch(repository: string, branch: string): GithubSubject {
    return new GithubSubject([token(repository, 'branch', gitName('branch', branch))]);
  }

  /**
   * Jobs that run for a tag. Not those for an environment, whose subject has no tag.
   *
   * @param repository `owner/name` or `owner@ID/name@ID`
   * @param tag its name, without `refs/tags/`
   * @throws if either is not the name of one
   */
  public static tag(repository: string, tag: string): GithubSubject {
    return new GithubSubject([token(repository, 'tag', gitName('tag', tag))]);
  }

  /**
   * Jobs for a deployment environment, from any branch that the environment lets in: give it a rule for that, or add `onBranch()`.
   *
   * @param repository `owner/name` or `owner@ID/name@ID`
   * @param environment its name, at most 255 characters
   * @throws if either is not the name of one
   */
  public static environment(repository: string, environment: string): GithubSubject {
    requirePlainText('environment', environment);
    if (environment.length > 255) throw check.error(`'environment' must have at most 255 characters, got ${environment.length}`);
    return new GithubSubject([token(repository, 'environment', environment)]);
  }

  /**
   * Jobs that a pull request triggers. They run code that nobody has reviewed: such a role should only read.
   *
   * @param repository `owner/name` or `owner@ID/name@ID`
   * @throws if it is not the name of one
   */
  public static pullRequest(repository: string): GithubSubject {
    return new GithubSubject([token(repository, 'pull request')]);
  }

  /**
   * All jobs of a repository: any branch, tag, environment and pull request. The role warns of it.
   *
   * @param repository `owner/name` or `owner@ID/name@ID`
   * @throws if it is not the name of one
   */
  public static anyRef(repository: string): GithubSubject {
    return new GithubSubject([token(repository, 'anything')]);
  }

  /**
   * Jobs that one of the subjects describes.
   *
   * @throws if there are none
   */
  public static anyOf(...subjects: GithubSubject[]): GithubSubject {
    requireArgument('GithubSubject.anyOf', 'subjects', subjects, list(made(GithubSubject, 'GithubSubject')));
    if (subjects.length === 0) throw check.error('\'subjects\' must have at least one, got none: nobody could take the role');
    return new GithubSubject(subjects.flatMap(({ _trusted }) => _trusted));
  }

  private constructor(
    /** @internal */
    public readonly _trusted: TrustedToken[],
  ) {}

  /**
   * Only those that run for a branch, too: what the subject of a job for an environment does not say. Jobs of a pull request run for none.
   *
   * @param branch its name, without `refs/heads/`
   * @throws if it is not the name of one, or contradicts what was said before: another branch, a tag or a pull request
   */
  public onBranch(branch: string): GithubSubject {
    const ref = `refs/heads/${gitName('branch', branch)}`;
    const pullRequest = this._trusted.find(({ job }) => job.context === 'pull request');
    if (pullRequest) {
      throw check.error(
        `'branch' must not be asked of the subject ${subjectOf(pullRequest.job)}, whose jobs have refs/pull/NUMBER/merge, got ${branch}: leave it out, as no claim ` +
        `that AWS STS knows says which branch a pull request is for; or, if you mean none but those that are merged already, use withClaim('ref', '${ref}')`,
      );
    }
    return this.withClaim('ref', ref);
  }

  /**
   * Only those whose steps are in a reusable workflow, so that nobody who may write to the repository can change what they do. The role warns of a
   * pattern that leaves branch and tag open. Its `reusableWorkflowYaml()` prints that workflow, and `workflowYaml()` the one that calls it.
   *
   * @param workflowRef file and ref, as in `octo-org/octo-automation/.github/workflows/oidc.yml@refs/heads/main`
   * @see https://docs.github.com/en/actions/how-tos/secure-your-work/security-harden-deployments/oidc-with-reusable-workflows
   * @throws if it is not such a path, or contradicts what was said before
   */
  public throughWorkflow(workflowRef: string): GithubSubject {
    requirePlainText('workflowRef', workflowRef);
    if (!isPlaceholder(workflowRef) && !/^[^/@*?]+\/[^/@*?]+\/\.github\/workflows\/[^/@*?]+\.ya?ml@[^*?].*$/.test(workflowRef)) {
      throw check.error(
        '\'workflowRef\' must be OWNER/NAME/.github/workflows/FILE.yml@REF, with wildcards only after the beginning of the ref, ' +
        `got ${workflowRef}`,
      );
    }
    return this.withClaim('job_workflow_ref', workflowRef);
  }

  /**
   * Only those of whom another claim says this. AWS STS hands few of GitHub's claims to trust policies, in the partition `aws` only, and
   * none of GitHub Enterprise Server.
   *
   * @param claim `actor`, `actor_id`, `enterprise_id`, `environment`, `job_workflow_ref`, `ref`, `repository`, `repository_id`, `repository_owner_id` or `workflow`
   * @param value what it must be; `*` stands for anything and `?` for one character
   * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html#awssecuritytokenservice-policy-keys
   * @throws if AWS STS does not have the claim, or no token has the value besides what was said before: the subject, its repository with its ids, and
   * other claims
   */
  public withClaim(claim: string, value: string): GithubSubject {
    if (!STS_CLAIMS.includes(claim)) throw check.error(`'claim' must be one that AWS STS knows, ${STS_CLAIMS.join(', ')}, got ${claim}`);
    requirePlainText('value', value);
    const other = this._trusted.map(({ claims }) => claims[claim]).find((before) => before !== undefined && before !== value);
    if (other !== undefined) throw check.error(`'${claim}' must be one value, got ${other} and ${value}, which no token has both: use anyOf()`);
    for (const { job } of this._trusted) requireClaimFitsSubject(check, job, claim, value);
    return new GithubSubject(this._trusted.map((trusted) => ({ ...trusted, claims: { ...trusted.claims, [claim]: value } })));
  }

  /**
   * Trusts the classic subject, too, while a repository moves to the immutable one. The trust policy itself ends it with the day, in UTC
   * (`DateLessThan` on `aws:CurrentTime`), with no deployment. Then the role warns: take this line out.
   *
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-currenttime
   * @param date the last day that it is trusted, as `YYYY-MM-DD`
   * @throws if the repository is given without ids, or the date is none
   */
  public alsoClassicUntil(date: string): GithubSubject {
    if (!isDay(date) && !isPlaceholder(date)) throw check.error(`'date' must be a day as YYYY-MM-DD, got ${Token.isUnresolved(date) ? 'a token' : date}`);
    const classic = this._trusted.map((trusted) => {
      const { repository } = trusted.job;
      if (!isImmutable(repository)) {
        throw check.error(`'repository' must have ids, as in owner@123456/name@456789, for alsoClassicUntil(), got ${repository}, which is classic already`);
      }
      return { ...trusted, job: { ...trusted.job, classicUntil: date } };
    });
    return new GithubSubject([...this._trusted, ...classic]);
  }
}

function token(repository: string, context: TrustedJob['context'], name = ''): TrustedToken {
  requirePlainText('repository', repository);
  const found = /^[A-Za-z0-9][\w-]*(@\d+)?\/[\w.-]+(@\d+)?$/.exec(repository);
  if (!isPlaceholder(repository) && (!found || (found[1] === undefined) !== (found[2] === undefined))) {
    throw check.error(`'repository' must be owner/name, or owner@ID/name@ID with both ids, and without wildcards, got ${repository}`);
  }
  return { job: { repository, context, name }, claims: {} };
}

/** JavaScript takes 31 February for 3 March. */
function isDay(date: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(date) && !Number.isNaN(Date.parse(date)) && new Date(date).toISOString().startsWith(date);
}

/** Git allows neither whitespace nor wildcards in them: https://git-scm.com/docs/git-check-ref-format */
function gitName(prop: string, name: string): string {
  requirePlainText(prop, name);
  if (!isPlaceholder(name) && /[\s:~^\\[]|^refs\//.test(name)) throw check.error(`'${prop}' must be the name of a ${prop}, without refs/, got ${name}`);
  return name;
}

function requirePlainText(prop: string, value: string): void {
  check.known(prop, value, 'whom a role trusts is for its readers to see');
  // IAM would put something else in its place: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
  const isPlain = typeof value === 'string' && value !== '' && !value.includes('${');
  if (!isPlain) throw check.error(`'${prop}' must be plain text, not empty and without \${, got ${value || 'nothing'}`);
}
