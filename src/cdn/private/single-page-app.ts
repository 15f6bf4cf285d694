/**
 * The code of a CloudFront function (cloudfront-js-2.0) on the requests for a single-page app, whose files are in a folder of the bucket. A path whose last part has no dot
 * is a view of the app, which `index.html` shows, with status 200; all others are files, and are not there if the bucket has none. Custom error responses would do as much,
 * but for all behaviors: they would answer with the page of the app for media files that are not there, too.
 *
 * The folder's own paths stay as they are. The behavior of a request is chosen before, by the path that the visitor sent.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-event-structure.html
 */
export function singlePageAppCode(folder: string): string {
  return [
    'function handler(event) {',
    '  var request = event.request;',
    '  var path = request.uri;',
    `  if (path.indexOf('/${folder}/') === 0) return request;`,
    "  var isView = path.slice(path.lastIndexOf('/')).indexOf('.') === -1;",
    `  request.uri = '/${folder}' + (isView ? '/index.html' : path);`,
    '  return request;',
    '}',
    '',
  ].join('\n');
}
