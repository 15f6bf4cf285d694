import { ArnFormat, Duration, Stack, Token } from 'aws-cdk-lib';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { GithubOidcProvider } from './github-oidc-provider';
import { GithubCdkDeployOptions, GithubCdkTemplateDiffOptions, GithubOidcRoleProps, GithubPlanAndApplyOptions, GithubWorkflowOptions } from './github-oidc-role-props';
import { GithubSubject } from './github-subject';
import { PLAN_AND_APPLY_KINDS, PROP_KINDS } from './private/prop-kinds';
import { requireKinds } from '../shared/kinds';
import { AUDIENCE_OF_ACTION, Condition, defaultAudience, repositoriesOf, requireClaimsOfSts, trustConditions, TrustedToken } from './private/github-trust';
import { commandsOf, reusableWorkflowYaml, WORKFLOW_DEFAULTS, WorkflowDefaults, WorkflowSteps, workflowYaml } from './private/github-workflow';
import { explainTrust, TrustExplanation } from './private/trust-explanation';
import { requireEnvironments, requireRoomForTrust, requireStacks, requireSubjects, requireSubjectsOfIssuer, validateRole, warnOfPullRequests, warnOfPullRequestsThatLookUp, warnOfRisks } from './private/validate';
import { acknowledge, acknowledgeWildcard } from '../shared/acknowledge';
import { Checks, isPlaceholder } from '../shared/checks';
import { OwnProps, preferOwnProps, seal, SealedProperties } from '../shared/guards';
import { explainCircles } from '../shared/stacks';

/**
 * The two roles that `GithubOidcRole.planAndApply()` makes.
 */
export interface GithubPlanAndApply {
  /** For pull requests: it may read the templates of deployed stacks. Its workflow is `Plan`. */
  readonly plan: GithubOidcRole;
  /** For the branch: it may deploy with CDK. Its workflow is `Deploy`. */
  readonly apply: GithubOidcRole;
}

/**
 * A role for jobs of GitHub Actions: they get credentials for an hour by what GitHub says of them, and no key is kept anywhere.
 *
 * It may nothing until it is granted something: `bucket.grantReadWrite(role)`.
 *
 * Creates a role and, where the app has none yet in the account, the identity provider that stands for GitHub.
 *
 * @example
 * declare const bucket: s3.Bucket;
 * const deploy = new GithubOidcRole(this, 'Deploy', { subjects: [GithubSubject.branch('owner/repo', 'main')] });
 * bucket.grantReadWrite(deploy);
 */
export class GithubOidcRole extends Construct implements iam.IGrantable {
  /**
   * Two roles: pull requests may read the templates of the deployed stacks of the account in this region, which is what a deployment with CDK is compared with, and nothing else; the
   * branch may deploy with CDK.
   *
   * A plan by `cdk diff --method=template` reads the templates as `grantCdkTemplateDiff()` says. What other tools have to read, or to change, is for you to grant.
   *
   * Their workflows, by `workflowYaml()`, are two files of the repository. They take the roles from variables of it, where you put the ARNs of both:
   * `AWS_PLAN_ROLE_ARN` and `AWS_APPLY_ROLE_ARN`.
   *
   * @throws if the repository, branch or environment is not the name of one, or another option is not what a role or subject takes
   */
  public static planAndApply(scope: Construct, id: string, options: GithubPlanAndApplyOptions): GithubPlanAndApply {
    requireKinds('GithubOidcRole.planAndApply', options, PLAN_AND_APPLY_KINDS, 'options');
    const { repository, branch = 'main', environment, alsoClassicUntil, ...ofBoth } = options;
    const applying = environment === undefined
      ? GithubSubject.branch(repository, branch)
      : GithubSubject.environment(repository, environment).onBranch(branch);
    const inFormats = (subject: GithubSubject) => [alsoClassicUntil === undefined ? subject : subject.alsoClassicUntil(alsoClassicUntil)];
    const pair = new Construct(scope, id);
    const plan = new GithubOidcRole(pair, 'Plan', {
      ...ofBoth, subjects: inFormats(GithubSubject.pullRequest(repository)), _workflow: WORKFLOW_DEFAULTS.plan,
    });
    const apply = new GithubOidcRole(pair, 'Apply', { ...ofBoth, subjects: inFormats(applying), _workflow: WORKFLOW_DEFAULTS.apply });
    plan.grantCdkTemplateDiff();
    apply.grantCdkDeploy();
    return { plan, apply };
  }

  /** The role; the way out to everything of IAM that this construct does not surface. */
  public readonly role: iam.Role;
  /** The identity provider that stands for GitHub in the account. */
  public readonly oidcProvider: iam.IOidcProvider;
  /** What is granted to this construct is granted to the role. */
  public readonly grantPrincipal: iam.IPrincipal;

  private readonly check: Checks;
  private readonly issuer: string;
  private readonly audience: string;
  private readonly trusted: TrustedToken[];
  private readonly workflow: WorkflowDefaults;

  /**
   * @throws if there is no list of subjects, or nothing in it, a duration or name is outside of what IAM takes, or AWS STS does not have a claim that a subject asks for
   */
  constructor(scope: Construct, id: string, props: GithubOidcRoleProps) {
    super(scope, id);
    preferOwnProps(this, OWN_PROPS);
    explainCircles(this);

    this.check = new Checks(this.node.path);
    requireSubjects(this.check, props?.subjects);
    requireKinds(this.node.path, props, PROP_KINDS);
    const provider = props.provider ?? GithubOidcProvider.createdOnce();
    const maxSessionDuration = props.maxSessionDuration ?? Duration.hours(1);
    this.issuer = provider.issuer;
    this.audience = props.audience ?? defaultAudience(Stack.of(this).region);
    this.trusted = props.subjects.flatMap(({ _trusted }) => _trusted);
    this.workflow = props._workflow ?? WORKFLOW_DEFAULTS.any;
    requireClaimsOfSts(this.check, this.issuer, Stack.of(this).region, this.trusted);
    requireSubjectsOfIssuer(this.check, this.issuer, this.trusted);
    validateRole(this.check, { ...props, maxSessionDuration });

    this.oidcProvider = provider._for(this, this.audience);
    const conditions = trustConditions(this.issuer, this.audience, this.trusted);
    this.role = this.createRole(props, conditions, maxSessionDuration);
    this.grantPrincipal = this.role.grantPrincipal;

    requireRoomForTrust(this, this.issuer, conditions);
    warnOfRisks(this, this.issuer, this.trusted);

    seal(this, SEALED);
  }

  /**
   * Lets the jobs run `cdk deploy`: they may take the roles of CDK's bootstrap, and nothing else.
   *
   * By these roles they can do what the bootstrap lets CloudFormation do, which is everything unless you bootstrap with a policy of yours.
   * It warns if the role is one for pull requests.
   * @see https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html
   * @throws if a list is a token or has nothing in it, or an item is no id of an account or no name of a region
   */
  public grantCdkDeploy(options: GithubCdkDeployOptions = {}): iam.Grant {
    warnOfPullRequests(this, this.trusted, 'change whatever the roles of CDK\'s bootstrap may deploy');
    return this.grantBootstrapRoles(['deploy-role', 'file-publishing-role', 'image-publishing-role', 'lookup-role'], options);
  }

  /**
   * Lets the jobs run `cdk diff --method=template`, also with context that is not looked up yet: they may take the lookup role of CDK's bootstrap, and nothing else.
   *
   * By this role they can read nearly everything in its account: the bootstrap gives it the managed policy `ReadOnlyAccess`, without `kms:Decrypt`. It warns if the role is one for
   * pull requests, for which `grantCdkTemplateDiff()` is enough.
   *
   * @see https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html
   * @throws if a list is a token or has nothing in it, or an item is no id of an account or no name of a region
   */
  public grantCdkDiff(options: GithubCdkDeployOptions = {}): iam.Grant {
    warnOfPullRequestsThatLookUp(this, this.trusted);
    return this.grantBootstrapRoles(['lookup-role'], options);
  }

  /**
   * Lets the jobs run `cdk diff --method=template` for stacks in the account of the role: they may read the templates of deployed stacks, and nothing else.
   *
   * The CDK CLI tries to take the bootstrap's lookup role and deploy role, is refused, and then goes on with the credentials of the job, which it says in a warning. Values of
   * context have to be in `cdk.context.json`, as they cannot be looked up. A template that has a secret in it shows it.
   *
   * Stacks of other accounts can only be read by a role there: `grantCdkDiff()`.
   *
   * @throws if a list is a token or has nothing in it, or an item is no name of a region or of a stack
   */
  public grantCdkTemplateDiff(options: GithubCdkTemplateDiffOptions = {}): iam.Grant {
    const stack = Stack.of(this);
    const { regions = [stack.region], stackNames = ['*'] } = options;
    requireStacks(this.check, options);
    const arnOf = (name: string, region: string) => stack.formatArn({ service: 'cloudformation', region, resource: 'stack', resourceName: `${name}/*` });
    const arns = regions.flatMap((region) => stackNames.map((name) => arnOf(name, region)));
    acknowledge(this.role, 'managedPolicy');
    acknowledgeWildcard(this.role, arns, 'the ids of stacks are made by CloudFormation, and which stacks are compared is for their names to say');
    return iam.Grant.addToPrincipal({ grantee: this, actions: READ_TEMPLATES, resourceArns: arns });
  }

  /**
   * Lets the jobs push images to one repository. It warns if the role is one for pull requests.
   *
   * `ecr:GetAuthorizationToken` is on `*` because ECR offers no narrower resource for it. `ecr:BatchGetImage` is what clients ask for before a push,
   * to see whether the image is there: without it, ECR answers 403.
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html
   */
  public grantEcrPush(repository: ecr.IRepository): iam.Grant {
    warnOfPullRequests(this, this.trusted, 'push images');
    acknowledge(this.role, 'managedPolicy');
    acknowledgeWildcard(this.role, '*', 'ecr:GetAuthorizationToken, which knows no narrower resource');
    return repository.grant(this, ...PUSH_IMAGES).combine(iam.Grant.addToPrincipal({ grantee: this, actions: ['ecr:GetAuthorizationToken'], resourceArns: ['*'] }));
  }

  /**
   * Whether AWS STS would let a token in, by the trust policy of the role as it is now.
   *
   * @param claims what GitHub says of a job; the issuer may be left out
   * @throws if the trust policy has conditions that the claims do not decide, which only others can have added
   */
  public wouldAllow(claims: { [name: string]: any }): boolean {
    return this.explained(claims).allowed;
  }

  /**
   * Which statement of the trust policy lets a token in, or which claim each of them stumbles over, and what to do about it. AWS STS does not tell.
   *
   * @param claims what GitHub says of a job; the issuer may be left out
   * @throws if the trust policy has conditions that the claims do not decide, which only others can have added
   */
  public explain(claims: { [name: string]: any }): string {
    const { allowed, lines } = this.explained(claims);
    return [allowed ? 'allowed' : 'denied', ...lines.map((line) => `- ${line}`)].join('\n');
  }

  /**
   * A workflow for `.github/workflows/` of the repository that is trusted, whose jobs can take the role, as YAML.
   *
   * Where the subjects ask for a reusable workflow, it calls that, and the options are for `reusableWorkflowYaml()`.
   *
   * @throws if the commands are a token
   */
  public workflowYaml(options: GithubWorkflowOptions = {}): string {
    return workflowYaml(this.trusted, this.workflowSteps(options));
  }

  /**
   * The reusable workflow that `throughWorkflow()` names, for its repository, as YAML. `workflowYaml()` calls it.
   *
   * @see https://docs.github.com/en/actions/how-tos/secure-your-work/security-harden-deployments/oidc-with-reusable-workflows
   * @throws if no subject asks for one, or the commands are a token
   */
  public reusableWorkflowYaml(options: GithubWorkflowOptions = {}): string {
    const called = this.trusted.filter(({ claims }) => claims.job_workflow_ref !== undefined);
    if (called.length === 0) throw this.check.error('\'subjects\' must have one with throughWorkflow() for a reusable workflow, got none: use workflowYaml()');
    return reusableWorkflowYaml(called, this.workflowSteps(options));
  }

  private createRole({ permissionsBoundary, path, roleName }: GithubOidcRoleProps, conditions: Condition[], maxSessionDuration: Duration): iam.Role {
    const principals = conditions.map((condition) => new iam.WebIdentityPrincipal(this.oidcProvider.oidcProviderArn, condition));
    return new iam.Role(this, 'Role', {
      description: `For jobs of GitHub Actions of ${repositoriesOf(this.trusted)}`.slice(0, 1000),
      assumedBy: principals.length === 1 ? principals[0] : new iam.CompositePrincipal(...principals),
      maxSessionDuration,
      permissionsBoundary,
      path: isPlaceholder(path) ? undefined : path,
      roleName: isPlaceholder(roleName) ? undefined : roleName, // CDK refuses it before it is looked up
    });
  }

  private workflowSteps({ roleArn, region, installCommands, commands }: GithubWorkflowOptions): WorkflowSteps {
    const own = Stack.of(this).region;
    this.check.knownList('commands', commands, 'each item is used by itself');
    this.check.knownList('installCommands', installCommands, 'each item is used by itself');
    return {
      name: this.workflow.name,
      roleArn: roleArn ?? `\${{ vars.${this.workflow.roleVariable} }}`,
      region: region ?? (Token.isUnresolved(own) ? '${{ vars.AWS_REGION }}' : own),
      audience: this.audience === AUDIENCE_OF_ACTION ? undefined : this.audience,
      ...commandsOf(this.workflow, { installCommands, commands }),
    };
  }

  private explained(claims: Record<string, unknown>): TrustExplanation {
    const stack = Stack.of(this);
    const provider: unknown = stack.resolve(this.oidcProvider.oidcProviderArn);
    const account = Token.isUnresolved(stack.account) ? undefined : stack.account;
    return explainTrust(this.node.path, { issuer: this.issuer, provider, account }, stack.resolve(this.role.assumeRolePolicy).Statement, claims);
  }

  private grantBootstrapRoles(roles: string[], options: GithubCdkDeployOptions): iam.Grant {
    const stack = Stack.of(this);
    const qualifier = options.qualifier ?? stack.synthesizer.bootstrapQualifier ?? 'hnb659fds';
    const { accounts = [stack.account], regions = [stack.region] } = options;
    requireEnvironments(this.check, options);
    const arns = accounts.flatMap((account) => regions.flatMap((region) => roles.map((role) => stack.formatArn({
      service: 'iam', region: '', account, resource: 'role', resourceName: `cdk-${qualifier}-${role}-${account}-${region}`, arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    }))));
    acknowledge(this.role, 'managedPolicy');
    return iam.Grant.addToPrincipal({ grantee: this, actions: ['sts:AssumeRole'], resourceArns: arns });
  }
}

/**
 * What the CDK CLI calls for a stack and those nested in it: loadCurrentTemplateWithNestedStacks() of aws-cdk 2.1148.1.
 */
const READ_TEMPLATES = ['cloudformation:DescribeStacks', 'cloudformation:GetTemplate', 'cloudformation:ListStackResources'];

/**
 * CDK's own grant to push leaves the last one out.
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html
 * @see https://github.com/bazel-contrib/rules_oci/issues/648
 */
const PUSH_IMAGES = [
  'ecr:CompleteLayerUpload', 'ecr:UploadLayerPart', 'ecr:InitiateLayerUpload', 'ecr:BatchCheckLayerAvailability', 'ecr:PutImage', 'ecr:BatchGetImage',
];

const SEALED: SealedProperties = {
  'AWS::IAM::Role': { refuse: ['assumeRolePolicyDocument'], warn: ['maxSessionDuration'] },
};

const OWN_PROPS: OwnProps = {
  'aws-cdk-lib.aws-iam.Policy': ['document', 'groups', 'roles', 'statements', 'users'],
  'aws-cdk-lib.aws-iam.Role': ['externalId', 'externalIds', 'inlinePolicies', 'managedPolicies'],
};
