import { Checks } from '../../shared/checks';
import { StaticMediaCdnProps } from '../static-media-cdn-props';

/** Of a path pattern: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html#DownloadDistValuesPathPattern */
const LONGEST_PATTERN = 255;

type Folders = Required<Pick<StaticMediaCdnProps, 'mediaLocation' | 'staticLocation'>>;

/**
 * A folder is a path pattern of CloudFront, and a prefix in S3. Of the characters that both take, some are written in two ways, `@` and `%40`, of which a pattern
 * matches one; and S3 takes a `+` in a path for a space. CloudFront resolves `.` and `..` before it matches.
 *
 * @see https://www.rfc-editor.org/rfc/rfc3986#section-2.3
 * @see https://hackmd.io/@jdno/r13gNdn82
 */
export function requireFolders(checks: Checks, { mediaLocation, staticLocation }: Folders): void {
  for (const [prop, folder] of Object.entries({ mediaLocation, staticLocation })) {
    checks.known(prop, folder, 'it decides what is fetched from where');
    checks.matches(
      prop, folder, /^(?!(.*\/)?\.{1,2}(\/|$))[\w.~-]+(\/[\w.~-]+)*$/,
      'one or more names with a slash between them, such as media or site/media, of letters, digits and _ - . ~, none of them . or ..',
    );
    const pattern = `/${folder}/*`;
    if (pattern.length <= LONGEST_PATTERN) continue;
    throw checks.error(
      `'${prop}' must have at most ${LONGEST_PATTERN - '//*'.length} characters, as the path patterns of CloudFront have at most ${LONGEST_PATTERN}, got ${folder.length}: shorten it`,
    );
  }
  if (`${mediaLocation}/`.startsWith(`${staticLocation}/`) || `${staticLocation}/`.startsWith(`${mediaLocation}/`)) {
    throw checks.error(`'mediaLocation' and 'staticLocation' must be folders beside each other, got '${mediaLocation}' and '${staticLocation}'`);
  }
}
