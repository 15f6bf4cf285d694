// A CloudFront Function (runtime cloudfront-js-2.0) on the responses of uploaded files: only what a browser cannot run is shown
// by it; HTML, SVG and whatever is not known to be harmless is downloaded.
function handler(event) {
  var response = event.response;
  var headers = response.headers;
  headers['x-content-type-options'] = { value: 'nosniff' };
  var type = headers['content-type'] ? headers['content-type'].value : '';
  if (isShown(type.split(';')[0].trim().toLowerCase())) return response;

  var disposition = headers['content-disposition'] ? headers['content-disposition'].value : '';
  if (/^\s*attachment\s*(;|$)/i.test(disposition)) return response;
  var parameters = disposition.indexOf(';');
  headers['content-disposition'] = { value: 'attachment' + (parameters === -1 ? '' : disposition.slice(parameters)) };
  return response;
}

function isShown(type) {
  if (type.indexOf('audio/') === 0 || type.indexOf('video/') === 0) return true;
  return [
    'image/apng', 'image/avif', 'image/bmp', 'image/gif', 'image/heic', 'image/heif', 'image/jpeg', 'image/png', 'image/tiff',
    'image/vnd.microsoft.icon', 'image/webp', 'image/x-icon', 'text/plain',
  ].indexOf(type) !== -1;
}
