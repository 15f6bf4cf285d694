import { IBucket } from 'aws-cdk-lib/aws-s3';
import { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { nameInOtherStack } from './buckets';

interface DjangoSite extends Construct {
  readonly domainName: string;
  readonly mediaBucket: IBucket;
  readonly mediaLocation: string;
  readonly staticLocation: string;
  readonly mediaSigningKey?: ISecret;
}

/** URLs are not signed: the CDN signs what it asks the bucket for. */
const PUBLIC = '"querystring_auth": False,';

/**
 * @see https://docs.djangoproject.com/en/stable/ref/settings/#storages
 * @see https://django-storages.readthedocs.io/en/latest/backends/amazon-S3.html
 */
export function djangoSettings(site: DjangoSite, staticBucket: IBucket | undefined): string {
  const { domainName, mediaBucket, mediaLocation, staticLocation, mediaSigningKey } = site;
  const signing = [
    // Without a key, what signs nothing must work, such as `collectstatic` in a release. An id without a key, or the other way round, is what django-storages
    // refuses as soon as it is to sign: with neither, it would not sign, and nobody would hear of it.
    '"cloudfront_key_id": os.environ.get("AWS_CLOUDFRONT_KEY_ID"),',
    '"cloudfront_key": os.environ.get("AWS_CLOUDFRONT_KEY", "not set"),',
  ];
  const media = storage('storages.backends.s3.S3Storage', site, mediaBucket, mediaLocation, [
    ...mediaSigningKey ? signing : [PUBLIC],
    '"file_overwrite": False,', // an upload under a name that is taken gets another: the CDN would go on showing the old one
  ]);
  const statics = staticBucket
    ? storage('storages.backends.s3.S3ManifestStaticStorage', site, staticBucket, staticLocation, [PUBLIC])
    : ['"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage",'];
  const entries = Object.entries({ default: media, staticfiles: statics });
  return [
    ...mediaSigningKey ? ['import os', ''] : [],
    'STORAGES = {',
    ...entries.flatMap(([name, lines]) => [`    "${name}": {`, ...lines.map((line) => `        ${line}`), '    },']),
    '}',
    `MEDIA_URL = "https://${domainName}/${mediaLocation}/"`,
    `STATIC_URL = "https://${domainName}/${staticLocation}/"`,
    '',
  ].join('\n');
}

function storage(backend: string, site: DjangoSite, bucket: IBucket, location: string, more: string[]): string[] {
  return [
    `"BACKEND": "${backend}",`,
    '"OPTIONS": {',
    `    "bucket_name": "${nameInOtherStack(site, bucket) ?? bucket.bucketName}",`,
    `    "location": "${location}",`,
    `    "region_name": "${bucket.env.region}",`,
    `    "custom_domain": "${site.domainName}",`,
    ...more.map((line) => `    ${line}`),
    '},',
  ];
}
