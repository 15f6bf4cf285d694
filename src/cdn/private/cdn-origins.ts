import { IOrigin } from 'aws-cdk-lib/aws-cloudfront';
import { ISecret } from 'aws-cdk-lib/aws-secretsmanager';

/** In which the app gets the secret that tells the CDN from anybody else. */
export const APP_SECRET_HEADER = 'X-Origin-Verify';

const ANSWER_SECONDS = 30;

/**
 * Where there is a fallback, nobody waits for CloudFront's three attempts of 10 seconds to connect, and of 30 for an answer: an app that is not there
 * is given up after 6 seconds, and one that hangs after 20. CloudFront takes 1 to 3 attempts, and 1 to 10 seconds to connect.
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html#controlling-attempts-and-timeouts
 */
const GIVEN_UP_SOON = { connectionAttempts: 2, connectionTimeout: 3 };
const ANSWER_SECONDS_BEFORE_FALLBACK = 10;

/** The app is down, or its release no longer has the file. */
const FAILURES = [404, 500, 502, 503, 504];

/** The names that explanations have for origins, by the id of the origin. */
export type OriginNames = Map<string, string>;

/** What aws-cloudfront-origins' HttpOrigin makes, without loading that module and the load balancers that it knows. */
export function appOrigin(names: OriginNames, domainName: string, secret?: ISecret, failoverOrigin?: IOrigin): IOrigin {
  return {
    bind: (_, { originId }) => {
      names.set(originId, 'app');
      return {
        originProperty: {
          id: originId,
          domainName,
          ...(failoverOrigin && GIVEN_UP_SOON),
          customOriginConfig: {
            originProtocolPolicy: 'https-only',
            originSslProtocols: ['TLSv1.2'],
            originReadTimeout: failoverOrigin ? ANSWER_SECONDS_BEFORE_FALLBACK : ANSWER_SECONDS,
          },
          // A dynamic reference, which CloudFormation looks up: the secret itself is not in the template.
          originCustomHeaders: secret && [{ headerName: APP_SECRET_HEADER, headerValue: secret.secretValue.unsafeUnwrap() }],
        },
        failoverConfig: failoverOrigin && { failoverOrigin, statusCodes: FAILURES },
      };
    },
  };
}

/** A bucket that only knows the distribution by its policy, and is only known to the distribution by its name: docs/decisions/exact-distribution.md. */
export function bucketOrigin(names: OriginNames, name: string, domainName: string, originAccessControlId: string): IOrigin {
  return {
    bind: (_, { originId }) => {
      names.set(originId, name);
      return { originProperty: { id: originId, domainName, originAccessControlId, s3OriginConfig: { originAccessIdentity: '' } } };
    },
  };
}
