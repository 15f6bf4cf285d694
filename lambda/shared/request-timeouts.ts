/** Of every client: without them, one silent connection would use up the whole time of an invocation. */
export const REQUEST_TIMEOUTS = {
  connectionTimeout: 3_000,
  requestTimeout: 20_000,
  throwOnRequestTimeout: true, // otherwise the SDK only logs that a request takes too long
  socketTimeout: 20_000,
};
