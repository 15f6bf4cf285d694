import { Duration } from 'aws-cdk-lib';

/**
 * How the keys that sign private media are rotated.
 */
export interface RotatedKeysOptions {
  /**
   * After how many days another key becomes current, 2 to 365. The one before stays trusted for as long, less a day: by then, applications must have
   * read the new one, and what the old one signed must have ended.
   *
   * @default Duration.days(90)
   */
  readonly rotateAfter?: Duration;
}

/**
 * Who may sign the URLs and cookies that private media files are served by.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/PrivateContent.html
 */
export class PrivateMedia {
  /**
   * Applications that may read a secret, in which there is a key that is made when the stack is deployed, and then rotated. The keys are RSA of 2048
   * bits, for which all libraries know how to sign.
   */
  public static rotatedKeys(options: RotatedKeysOptions = {}): PrivateMedia {
    return new PrivateMedia(options.rotateAfter ?? Duration.days(90));
  }

  private constructor(
    /** @internal */
    public readonly _rotateAfter: Duration,
  ) {}
}
