import { Annotations } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { isAnyRefOfWorkflow, isEnterpriseServer, isImmutable, isOfPullRequest, repositoriesOf, TrustedToken } from './github-trust';

/** What is granted by other constructs is not known here. */
export function warnOfPullRequests(role: Construct, trusted: TrustedToken[], what: string): void {
  const concerned = trusted.filter(isOfPullRequest);
  if (concerned.length === 0) return;
  Annotations.of(role).addWarningV2(
    'cdk-mainstay:GithubOidcRole.PullRequestMayWrite',
    `anybody who can open a pull request from a branch of ${repositoriesOf(concerned)} may ${what} by this role, with code that nobody has reviewed (forks get no token, unless by ` +
    'pull_request_target): let pull requests only read, and have another role for a branch, as planAndApply() makes them',
  );
}

export function warnOfRisks(role: Construct, issuer: string, trusted: TrustedToken[]): void {
  const warn = (id: string, text: string) => Annotations.of(role).addWarningV2(`cdk-mainstay:GithubOidcRole.${id}`, text);

  const anything = trusted.filter(({ job }) => job.context === 'anything' || /^[*?]+$/.test(job.name));
  if (anything.length > 0) {
    warn('AnyRef', `whoever may push to ${repositoriesOf(anything)} can take this role, from any branch: name the branch, tag or environment, or grant the role nothing but to read`);
  }
  const workflows = [...new Set(trusted.map(({ claims }) => claims.job_workflow_ref ?? '').filter(isAnyRefOfWorkflow))];
  if (workflows.length > 0) {
    warn('AnyWorkflowRef', `whoever may push a branch or tag that fits ${workflows.join(', ')} decides what this role does: name the branch, tag or commit of the reusable workflow`);
  }
  const classic = trusted.filter(({ job }) => !isImmutable(job.repository));
  if (classic.length > 0 && !isEnterpriseServer(issuer)) {
    warn(
      'ClassicSubject',
      `${repositoriesOf(classic)} is trusted by its name: GitHub's tokens do not fit if it was created, renamed or transferred since 15 July 2026 or has opted in; ` +
      'then give it with its ids, as owner@123456/name@456789, and opt in if it has not',
    );
  }
  const past = trusted.filter(({ job }) => job.classicUntil !== undefined && Date.now() > Date.parse(`${job.classicUntil}T23:59:59.999Z`));
  if (past.length > 0) {
    warn('ClassicPastDate', `the classic subject of ${repositoriesOf(past)} is trusted beyond ${past[0].job.classicUntil}: take alsoClassicUntil() out if the repository has immutable subjects by now`);
  }
}
