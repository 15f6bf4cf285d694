import { Token } from 'aws-cdk-lib';

/**
 * Where Wasabi stores, as of 2026-03-06.
 * @see https://docs.wasabi.com/docs/service-urls-for-wasabis-storage-regions
 */
const REGIONS = [
  'us-east-1', 'us-east-2', 'us-central-1', 'us-west-1', 'us-west-2', 'ca-central-1',
  'eu-central-1', 'eu-central-2', 'eu-west-1', 'eu-west-2', 'eu-west-3', 'eu-south-1',
  'ap-northeast-1', 'ap-northeast-2', 'ap-southeast-1', 'ap-southeast-2',
];

export const WASABI_REGIONS: readonly string[] = REGIONS;

export function wasabiEndpoint(region: string): string {
  return `https://s3.${region}.wasabisys.com`;
}

/**
 * @see https://docs.wasabi.com/docs/bucket-naming-conventions
 */
export function requireWasabiBucketName(where: string, prop: string, name: string): void {
  if (Token.isUnresolved(name)) return;
  const shape = /^(?!\d+\.\d+\.\d+\.\d+$)(?!xn--|sthree-|amzn-s3-demo-)[a-z0-9](?!.*\.\.)[a-z0-9.-]{1,61}[a-z0-9]$/;
  if (!shape.test(name) || /(-s3alias|--ol-s3|\.mrap|--x-s3)$/.test(name)) {
    throw new Error(
      `${where}: '${prop}' must be 3 to 63 lower-case letters, digits, dots and hyphens, begin and end with a letter or digit, ` +
      `and be neither an address nor of a reserved prefix or suffix, got '${name}'`,
    );
  }
}
