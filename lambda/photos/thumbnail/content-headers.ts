/** The headers that describe a photo, and that its archive copy keeps. */
export interface ContentHeaders {
  readonly contentType?: string;
  readonly cacheControl?: string;
  readonly contentDisposition?: string;
  readonly contentEncoding?: string;
  readonly contentLanguage?: string;
  readonly expires?: string;
}

const NAMES = ['contentType', 'cacheControl', 'contentDisposition', 'contentEncoding', 'contentLanguage', 'expires'] as const satisfies (keyof ContentHeaders)[];

/**
 * The headers as they can be sent again. One with letters that HTTP has none for (a German file name in a Content-Disposition, say)
 * would break the signature of the request: it is kept percent-encoded in the metadata, as `source-content-disposition`, and so it comes back.
 * So is an `expires` that is no date, which S3 takes and the SDK does not send.
 */
export function sendable(headers: ContentHeaders): { headers: ContentHeaders; metadata: Record<string, string> } {
  const isSendable = (name: keyof ContentHeaders) => {
    const value = headers[name] ?? '';
    return name === 'expires' && value ? new Date(value).toUTCString() === value : /^[\x20-\x7e]*$/.test(value);
  };
  return {
    headers: Object.fromEntries(NAMES.filter(isSendable).map((name) => [name, headers[name]])),
    metadata: Object.fromEntries(NAMES.filter((name) => !isSendable(name)).map((name) => [metadataName(name), encodeURIComponent(headers[name]!)])),
  };
}

function metadataName(name: keyof ContentHeaders): string {
  return `source-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
