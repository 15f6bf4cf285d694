import { IResolvable, Lazy, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import { IDistribution } from 'aws-cdk-lib/aws-cloudfront';
import { ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { requireUsableAppDomain } from './app-domain';
import { CdnSettings, requireAppDomain } from './cdn-settings';
import { SEALED } from './guards';
import { acknowledge, addWarning } from '../../shared/acknowledge';
import { Checks } from '../../shared/checks';
import { seal } from '../../shared/guards';
import { secretText } from '../../shared/secrets';
import { requireSameAccount, requireSameRegion } from '../../shared/stacks';

/** The header in which the app gets the secret that distinguishes the CDN from other callers. */
export const APP_SECRET_HEADER = 'X-Origin-Verify';

/** What a CDN has that waits for its app: it can be explained, and fails at synthesis. No domain ends like this: https://www.rfc-editor.org/rfc/rfc2606 */
const NO_APP = 'app.invalid';

interface AppOrigin {
  readonly domainName?: string;
  /** The value of the secret header, as a dynamic reference, which CloudFormation looks up: the secret itself is not in the template. */
  readonly secret?: string;
  /** The construct of an app that gave itself to the CDN. */
  readonly by?: Construct;
}

/**
 * The app that a CDN fetches from. An app can give itself to the CDN as origin after the distribution was created, so the distribution knows its domain and
 * its secret by tokens. They may be resolved before, too, such as by `explain()`, so that nothing may cache what they were then.
 */
export class CdnApp {
  public readonly domainName: string = Lazy.uncachedString({ produce: () => this.origin.domainName ?? NO_APP });

  public readonly customHeaders: IResolvable = Lazy.uncachedAny({
    produce: () => this.origin.secret && [{ headerName: APP_SECRET_HEADER, headerValue: this.origin.secret }],
  });

  private origin: AppOrigin;

  constructor(private readonly settings: CdnSettings) {
    const { appDomain, appSecret, appSecretField } = settings;
    this.origin = { domainName: appDomain, secret: appSecret && secretText(appSecret, appSecretField).unsafeUnwrap() };
  }

  /** Whether the app serves the default content. */
  public get servesPages(): boolean {
    return this.settings.servesPages || this.givenBy !== undefined;
  }

  /** The construct of the app that gave itself to the CDN, if one did. */
  public get givenBy(): Construct | undefined {
    return this.origin.by;
  }

  /** Finds at synthesis that pages are to come from an app, and none gave itself. */
  public findMissing(): string[] {
    if (!this.servesPages || this.origin.domainName !== undefined) return [];
    return ['\'appDomain\' must be given for DefaultContent.app(), got none, and no app gave itself to this CDN as origin: give one, or have an app do so by Ingress.cloudFrontOnly()'];
  }

  public replaceBy(origin: Required<AppOrigin>): void {
    this.origin = origin;
  }
}

/** An app that gives itself to a CDN as the origin of its pages. */
export interface AppAsOrigin {
  /** The domain that the app answers under, over HTTPS. */
  readonly appDomain: string;
  /** The construct that gives it, for messages. */
  readonly by: Construct;
}

interface Cdn {
  readonly cdn: Construct;
  readonly distribution: IDistribution;
  readonly settings: CdnSettings;
  readonly app: CdnApp;
}

/**
 * @throws if the CDN has an app already, or cannot fetch pages from this one
 */
export function requireAppAsOrigin({ appDomain, by }: AppAsOrigin, { cdn, distribution, settings, app }: Cdn): void {
  const checks = new Checks(by.node.path);
  if (app.givenBy) {
    throw checks.error(
      `the CDN ${cdn.node.path} must be the CDN of one app, but ${app.givenBy.node.path} is the origin of its pages already: give each app a StaticMediaCdn of its own, ` +
      'or have one app answer for both, by path patterns',
    );
  }
  if (settings.isSinglePageApp) {
    throw checks.error(
      `the CDN ${cdn.node.path} must have no default content of its own, got DefaultContent.singlePageApp(): the pages of the app would take its place; ` +
      'leave \'defaultContent\' out, or give the app a StaticMediaCdn of its own',
    );
  }
  if (settings.appSecret) {
    throw checks.error(
      `the CDN ${cdn.node.path} must have no 'appSecret', got ${settings.appSecret.node.path}: the CDN creates the secrets itself for an app that gives itself to it as origin; ` +
      'leave \'appSecret\' out',
    );
  }
  if (settings.staticFiles._alsoServed.length > 0) {
    throw checks.error(
      `the CDN ${cdn.node.path} must serve no files outside of its folders, got 'alsoServed' of '${settings.staticFiles._alsoServed.join("', '")}': all other paths are the app's once it ` +
      'gives itself as origin; leave \'alsoServed\' out, and have the app serve them',
    );
  }
  if (Token.isUnresolved(appDomain) && Stack.of(by) !== Stack.of(cdn)) {
    throw checks.error(
      `the domain of the app must be known at synthesis where the CDN ${cdn.node.path} is in another stack, got a token: the stack of the app needs the secrets of the CDN, so that ` +
      'each stack would wait for the other; give the domain as a string',
    );
  }
  const where = { owner: by, as: 'the CDN that the app gives itself to', resource: distribution };
  requireSameRegion({ ...where, because: 'CloudFormation reads the secret of the CDN in its own region only; create both in one region' });
  requireSameAccount({ ...where, because: 'CloudFormation reads secrets of another account only by a key and a policy that allow it; create both in one account' });
  requireAppDomain(checks, { ...settings, appDomain });
  requireUsableAppDomain(checks, by, { ...settings, appDomain, servesPages: true });
}

/** Warns where `appDomain` says another domain than that of the app that gave itself. */
export function warnOfReplacedDomain({ appDomain, by }: AppAsOrigin, { cdn, settings }: Pick<Cdn, 'cdn' | 'settings'>): void {
  const stack = Stack.of(cdn);
  const text = (domain: string) => JSON.stringify(stack.resolve(domain)).toLowerCase();
  if (settings.appDomain === undefined || text(settings.appDomain) === text(appDomain)) return;
  addWarning(
    cdn, 'cdk-mainstay:StaticMediaCdn.AppDomainReplaced',
    `${by.node.path} gives itself to this CDN as origin, so pages and files of the app come from its domain ${appDomain}, and 'appDomain', ${settings.appDomain}, is not used: ` +
    'leave it out, or acknowledge this',
  );
}

/** What a load balancer compares without case, and without what it takes for wildcards, `*` and `?`. */
const LETTERS_AND_DIGITS = { passwordLength: 40, excludeUppercase: true, excludePunctuation: true };

/**
 * Creates the two values that an app accepts from its CDN: docs/decisions/origin-secret.md. They belong to the CDN, whose stack is deployed before that of the app.
 */
export function createOriginSecrets(cdn: Construct): { readonly current: ISecret; readonly next: ISecret } {
  const scope = new Construct(cdn, 'OriginSecret');
  const create = (id: string, what: string) => {
    const secret = new Secret(scope, id, {
      description: `The value of the secret header that a CDN ${what}`,
      generateSecretString: LETTERS_AND_DIGITS,
      removalPolicy: RemovalPolicy.DESTROY, // without its distribution, nobody sends or accepts it
    });
    acknowledge(secret, 'secretKey');
    acknowledge(secret, { secretRotation: 'CloudFront and the load balancer have to be told of a new value, each at its time: both values are accepted, so that it can be done without a gap' });
    return secret;
  };
  const secrets = { current: create('Current', 'sends to its app'), next: create('Next', 'is to send to its app after a rotation') };
  seal(scope, SEALED);
  return secrets;
}
