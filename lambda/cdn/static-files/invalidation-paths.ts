/**
 * How many paths with a wildcard CloudFront works off at a time.
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/InvalidationLimits.html
 */
const MAX_WILDCARDS = 15;

/**
 * The paths to invalidate for some files below a folder. Each ends in a wildcard, as a query string is part of what a file is cached by; before a character that
 * may be in a URL as it is or encoded, it ends early. Too many of them are all of the folder.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/invalidation-specifying-objects.html
 */
export function invalidationPaths(location: string, files: string[]): string[] {
  const paths = [...new Set(files.map((file) => `${/^[\w./-]*/.exec(`/${location}/${file}`)![0]}*`))];
  return paths.length > MAX_WILDCARDS ? [`${/^[\w./-]*/.exec(`/${location}/`)![0]}*`] : paths;
}
