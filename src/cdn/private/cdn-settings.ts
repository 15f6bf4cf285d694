import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { keptInsteadOfSnapshot } from '../../shared/removal-policy';
import { StageProfile } from '../../stage/stage-profile';
import { StaticFiles } from '../cdn-content';
import { StaticMediaCdnProps } from '../static-media-cdn-props';

type WithDefault = 'staticFiles' | 'mediaLocation' | 'staticLocation' | 'defaultTtl' | 'maxTtl' | 'priceClass' | 'logRetention' | 'removalPolicy';

/** The props of a CDN, with a value for each that has a default, and what follows from them. */
export type CdnSettings = StaticMediaCdnProps & Required<Pick<StaticMediaCdnProps, WithDefault>> & {
  /** Whether the app serves what no other path is meant for. */
  readonly servesPages: boolean;
  /** How long deleted versions are kept where no prop says. */
  readonly backupRetention: Duration;
  /** What names begin with. */
  readonly words: string[];
  /** What the distribution is for. */
  readonly comment: string;
};

export function resolveCdnSettings(scope: Construct, props: StaticMediaCdnProps): CdnSettings {
  const profile = StageProfile.of(scope);
  const labels = [props.siteName, props.environmentName].filter((label) => label !== undefined);
  return {
    ...props,
    staticFiles: props.staticFiles ?? (props.appDomain === undefined ? StaticFiles.fromBucket() : StaticFiles.fromApp()),
    servesPages: props.defaultContent?._isApp ?? false,
    mediaLocation: props.mediaLocation ?? 'media',
    staticLocation: props.staticLocation ?? 'static',
    defaultTtl: props.defaultTtl ?? Duration.hours(1),
    maxTtl: props.maxTtl ?? Duration.days(1),
    priceClass: props.priceClass ?? profile.cdnPriceClass,
    logRetention: props.logRetention ?? profile.logRetention,
    removalPolicy: keptInsteadOfSnapshot(props.removalPolicy ?? profile.removalPolicy),
    backupRetention: profile.backupRetention,
    words: labels.length > 0 ? labels : [scope.node.id],
    comment: labels.length > 0 ? `${labels.join(' ')} static and media files` : scope.node.path,
  };
}
