/** AWS recommends a visibility timeout of six times the function's: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
export const VISIBILITY_PER_FUNCTION_TIMEOUT = 6;
