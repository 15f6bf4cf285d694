import { Checks } from '../shared/checks';
import { requireArgument, text } from '../shared/kinds';

/**
 * The engine of a cache, and its version. An engine can be upgraded in place, and Redis to Valkey, but never back.
 *
 * @see https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/VersionManagement.HowTo.html
 */
export class CacheEngine {
  /**
   * Valkey, which speaks Redis's protocol, and costs less on ElastiCache.
   *
   * @param version major and minor, 7.2 or newer; `8.2` if absent
   * @throws if the version is not of this form, older, or a token
   */
  public static valkey(version: string = '8.2'): CacheEngine {
    return new CacheEngine('valkey', version, 7.2, (major) => `valkey${major}`);
  }

  /**
   * Redis OSS.
   *
   * @param version major and minor, 6.2 or newer, as older ones know no users or deliver no logs; `7.1` if absent
   * @throws if the version is not of this form, older, or a token
   */
  public static redis(version: string = '7.1'): CacheEngine {
    return new CacheEngine('redis', version, 6.2, (major) => (major === '6' ? 'redis6.x' : `redis${major}`));
  }

  /** `valkey` or `redis`. */
  public readonly name: string;
  /** Major and minor, such as `8.2`. */
  public readonly version: string;
  /** @internal */
  public readonly _majorVersion: string;
  /** @internal */
  public readonly _parameterGroupFamily: string;

  private constructor(name: string, version: string, oldest: number, family: (major: string) => string) {
    const checks = new Checks(`CacheEngine.${name}`);
    requireArgument(checks.where, 'version', version, text);
    checks.known('version', version, 'the parameters of a cache go with its version');
    if (!/^\d+\.\d+$/.test(version) || Number(version) < oldest) {
      throw checks.error(`'version' must be a major and a minor version, ${oldest} or newer, got '${version}'`);
    }
    this.name = name;
    this.version = version;
    this._majorVersion = version.split('.')[0];
    this._parameterGroupFamily = family(this._majorVersion);
  }

  /**
   * Name and version.
   */
  public toString(): string {
    return `${this.name} ${this.version}`;
  }
}
