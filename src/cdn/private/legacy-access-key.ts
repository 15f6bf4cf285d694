import { RemovalPolicy, SecretValue } from 'aws-cdk-lib';
import { AccessKey, IGrantable, User } from 'aws-cdk-lib/aws-iam';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { acknowledge, addWarning } from '../../shared/acknowledge';

const OF_USER = 'the user is for one application, and its policy for the user: \'legacyAccessKey\' asks for it';

/**
 * A user with a key, for an application outside of AWS. CloudFormation hands the key to Secrets Manager; the template only says so.
 */
export function legacyAccessKey(scope: Construct, grant: (user: IGrantable) => void): Secret {
  const user = new User(scope, 'LegacyUser');
  grant(user);
  const key = new AccessKey(scope, 'LegacyAccessKey', { user });
  const secret = new Secret(scope, 'LegacyAccessKeySecret', {
    description: 'The access key of a user that may read and write media files',
    secretObjectValue: {
      DJANGO_AWS_ACCESS_KEY_ID: SecretValue.unsafePlainText(key.accessKeyId), // no secret, as it is in each request
      DJANGO_AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
    },
    // A copy that stays would be of a key that is gone with its user.
    removalPolicy: RemovalPolicy.DESTROY,
  });
  acknowledge(user, {
    managedPolicy: 'its policy is written for this one user, comes and goes with it, and cannot be attached to another identity by mistake',
    userWithPolicy: OF_USER,
  });
  acknowledge(user.node.findChild('DefaultPolicy').node.defaultChild!, { policyOfUser: OF_USER });
  acknowledge(secret, 'secretKey');
  acknowledge(secret, { secretRotation: 'an access key is rotated by replacing it, which its application has to be told: a role needs none' });
  addWarning(
    scope, 'cdk-mainstay:StaticMediaCdn.LegacyAccessKey',
    'an access key does not expire, and whoever has it may overwrite media files: grant a role by grantMediaReadWrite() or mediaBinding() where the application can take one',
  );
  return secret;
}
