import { RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import { IDistribution } from 'aws-cdk-lib/aws-cloudfront';
import { ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { requireUsableAppDomain } from './app-domain';
import { CdnApp } from './cdn-app';
import { CdnSettings, requireAppDomain } from './cdn-settings';
import { SEALED } from './guards';
import { acknowledge } from '../../shared/acknowledge';
import { Checks } from '../../shared/checks';
import { seal } from '../../shared/guards';
import { requireSameAccount, requireSameRegion } from '../../shared/stacks';
import { addWarning } from '../../shared/warning';

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
