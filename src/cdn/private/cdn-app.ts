import { IResolvable, Lazy } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { CdnSettings } from './cdn-settings';
import { secretText } from '../../shared/secrets';

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
