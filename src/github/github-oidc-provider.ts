import { ArnFormat, Lazy, RemovalPolicy, Stack, Stage, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { GITHUB_COM } from './private/github-trust';
import { addWarning } from '../shared/acknowledge';
import { attached } from '../shared/attached';
import { Checks, isPlaceholder } from '../shared/checks';
import { preferOwnProps, seal } from '../shared/guards';
import * as kinds from '../shared/kinds';
import { PropKinds, required, requireArgument, requireKinds } from '../shared/kinds';
import { outermostStack } from '../shared/stacks';
import { StageProfile } from '../stage/stage-profile';

/**
 * Whose tokens are meant.
 */
export interface GithubOidcProviderOptions {
  /**
   * The issuer of the tokens: of GitHub Enterprise Server `https://HOSTNAME/_services/token`, of GHE.com
   * `https://token.actions.SUBDOMAIN.ghe.com`, of an enterprise with an issuer of its own `https://token.actions.githubusercontent.com/ENTERPRISE`.
   *
   * @see https://docs.github.com/en/enterprise-cloud@latest/actions/reference/security/oidc
   * @default - that of github.com, `https://token.actions.githubusercontent.com`
   */
  readonly issuerUrl?: string;
}

/**
 * How a role comes to the identity provider that stands for GitHub in an account. There can be one for each issuer.
 *
 * None has a thumbprint: IAM trusts the certificates of GitHub by their authorities.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc_verify-thumbprint.html
 */
export class GithubOidcProvider {
  /**
   * Created by the first stack of this app that needs it, for all its stacks in the same account; those deploy after it.
   *
   * Where another app has created it already, the deployment fails, and says so: use `fromAccount()`.
   *
   * @throws if the issuer is no URL that IAM takes
   */
  public static createdOnce(options: GithubOidcProviderOptions = {}): GithubOidcProvider {
    const issuer = issuerOf(options);
    return new GithubOidcProvider(issuer, (scope, audience) => createdOnce(scope, issuer, audience));
  }

  /**
   * In the account already, whoever created it. Its audiences must have those of the roles.
   *
   * @throws if the issuer is no URL that IAM takes
   */
  public static fromAccount(options: GithubOidcProviderOptions = {}): GithubOidcProvider {
    const issuer = issuerOf(options);
    return new GithubOidcProvider(issuer, (scope) => inAccount(scope, issuer));
  }

  /**
   * One that is a construct of the app. Its audiences must have those of the roles.
   *
   * @throws if the issuer is no URL that IAM takes
   */
  public static fromProvider(provider: iam.IOidcProvider, options: GithubOidcProviderOptions = {}): GithubOidcProvider {
    requireArgument('GithubOidcProvider.fromProvider', 'provider', provider, required(kinds.resource('an identity provider (iam.IOidcProvider)', 'oidcProviderArn')));
    return new GithubOidcProvider(issuerOf(options), () => provider);
  }

  private constructor(
    /** The issuer as condition keys have it: without `https://`. */
    public readonly issuer: string,
    /** @internal */
    public readonly _for: (scope: Construct, audience: string) => iam.IOidcProvider,
  ) {}
}

function createdOnce(scope: Construct, issuer: string, audience: string): iam.IOidcProvider {
  const all = attached<ReturnType<typeof create>[]>(scope.node.root, 'GithubOidcProvider', () => []);
  const { account } = Stack.of(scope);
  const here = all.find((one) => one.issuer === issuer && one.account === account && Stage.of(one.provider) === Stage.of(scope));
  // An account that is not known is not the same in another stage; where it is known, IAM takes no second provider.
  const elsewhere = Token.isUnresolved(account) ? undefined : all.find((one) => one.issuer === issuer && one.account === account);
  const created = here ?? elsewhere ?? create(outermostStack(scope), issuer);
  if (!all.includes(created)) all.push(created);

  created.audiences.add(audience);
  const warn = (id: string, text: string) => addWarning(scope, `cdk-mainstay:GithubOidcRole.${id}`, text);
  if (created.removalPolicy === RemovalPolicy.DESTROY && StageProfile.of(scope).removalPolicy !== RemovalPolicy.DESTROY) {
    warn('ProviderGoesWithItsStack', `${created.provider.node.path} is destroyed with its stack, as the StageProfile there says, and with it the way into this role: create this role first`);
  }
  if (Stack.of(created.provider) === Stack.of(scope)) return created.provider;
  if (created === elsewhere && created !== here) {
    warn(
      'ProviderOfAnotherStage',
      `the identity provider of account ${account} is created by ${created.provider.node.path}, in another stage: deploy that one first, or use GithubOidcProvider.fromAccount()`,
    );
  } else {
    scope.node.addDependency(created.provider);
  }
  return inAccount(scope, issuer);
}

function create(stack: Stack, issuer: string) {
  const scope = new Construct(stack, issuer === GITHUB_COM ? 'GithubOidcProvider' : `GithubOidcProvider-${issuer.replace(/[^A-Za-z0-9]+/g, '-')}`);
  preferOwnProps(scope, { 'aws-cdk-lib.aws-iam.OidcProviderNative': ['oidcProviderName', 'thumbprints'] });
  const audiences = new Set<string>();
  const { removalPolicy } = StageProfile.of(scope);
  const provider = new iam.OidcProviderNative(scope, 'Provider', {
    url: `https://${issuer}`,
    clientIds: Lazy.list({ produce: () => [...audiences] }),
    removalPolicy,
  });
  seal(scope, { 'AWS::IAM::OIDCProvider': { refuse: ['clientIdList', 'url'] } });
  return { issuer, account: stack.account, audiences, removalPolicy, provider };
}

/** Its ARN is known: an account has one provider for each issuer. */
function inAccount(scope: Construct, issuer: string): iam.IOidcProvider {
  const arn = Stack.of(scope).formatArn({ service: 'iam', region: '', resource: 'oidc-provider', resourceName: issuer, arnFormat: ArnFormat.SLASH_RESOURCE_NAME });
  return iam.OidcProviderNative.fromOidcProviderArn(scope, 'Provider', arn);
}

function issuerOf(options: GithubOidcProviderOptions): string {
  const check = new Checks('GithubOidcProvider');
  requireKinds(check.where, options, OPTIONS, 'options');
  const { issuerUrl = `https://${GITHUB_COM}` } = options;
  check.known('issuerUrl', issuerUrl, 'it is part of the names of conditions, where CloudFormation takes none');
  // https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html
  if (isPlaceholder(issuerUrl)) return issuerUrl;
  if (!/^https:\/\/[A-Za-z0-9.-]+(\/[\w.~-]+)*$/.test(issuerUrl)) {
    throw check.error(`'issuerUrl' must be an https URL without port, query and slash at the end, got ${issuerUrl}`);
  }
  return issuerUrl.slice('https://'.length);
}

const OPTIONS: PropKinds<GithubOidcProviderOptions> = { issuerUrl: kinds.text };
