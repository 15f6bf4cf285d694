// A CloudFront Function (runtime cloudfront-js-2.0) on the responses of uploaded files: only what a browser cannot run is shown
// by it. HTML, SVG and whatever is not known to be harmless is downloaded when a visitor opens it. A page that embeds it as a script, a worker or a
// style sheet ignores Content-Disposition, so that it has a type, too, that runs nowhere.
function handler(event) {
  var response = event.response;
  var headers = response.headers;
  headers['x-content-type-options'] = { value: 'nosniff' };
  if (response.statusCode === 204 || response.statusCode === 304) {
    // Without a body: what a browser stored before stays as it was served, and a 304 would change it.
    delete headers['content-type'];
    delete headers['content-disposition'];
    return response;
  }
  if (isShown(onlyValue(headers['content-type']))) return response;

  headers['content-type'] = { value: 'application/octet-stream' };
  headers['cross-origin-resource-policy'] = { value: 'same-origin' };
  var disposition = onlyValue(headers['content-disposition']);
  // White space of HTTP is a space or a tab: browsers take others for a part of the word, and an unknown word for none.
  if (/^[ \t]*attachment[ \t]*(;|$)/i.test(disposition)) return response;
  var parameters = disposition.indexOf(';');
  headers['content-disposition'] = { value: 'attachment' + (parameters === -1 ? '' : disposition.slice(parameters)) };
  return response;
}

function onlyValue(header) {
  return header && !header.multiValue ? header.value : '';
}

// Exactly one type, and nothing that begins another: of several, browsers take the last, https://fetch.spec.whatwg.org/#concept-header-extract-mime-type
function isShown(contentType) {
  if (!/^[ \t]*[a-z]+\/[a-z0-9.-]+[ \t]*(;[ \t]*[a-z]+=([a-z0-9._-]+|"[a-z0-9._-]*")[ \t]*)*$/i.test(contentType)) return false;
  return [
    'image/apng', 'image/avif', 'image/bmp', 'image/gif', 'image/heic', 'image/heif', 'image/jpeg', 'image/png', 'image/tiff',
    'image/vnd.microsoft.icon', 'image/webp', 'image/x-icon', 'text/plain',
    'audio/3gpp', 'audio/aac', 'audio/flac', 'audio/mp4', 'audio/mpeg', 'audio/ogg', 'audio/opus', 'audio/wav', 'audio/wave', 'audio/webm',
    'audio/x-aiff', 'audio/x-flac', 'audio/x-m4a', 'audio/x-wav',
    'video/3gpp', 'video/3gpp2', 'video/mp4', 'video/mpeg', 'video/ogg', 'video/quicktime', 'video/webm', 'video/x-m4v', 'video/x-matroska',
    'video/x-msvideo',
  ].indexOf(contentType.split(';')[0].trim().toLowerCase()) !== -1;
}
