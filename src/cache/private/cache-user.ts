import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as elasticache from 'aws-cdk-lib/aws-elasticache';
import { IKey } from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { stackScopedName } from '../../shared/stack-scoped-name';

interface CacheUserProps {
  readonly userName: string;
  readonly accessString: string;
  readonly encryptionKey: IKey;
  readonly removalPolicy: RemovalPolicy;
}

/**
 * Of users and their group, whichever engine the cache has. A Valkey cache accepts groups of both engines, a Redis OSS cache those of `redis` only.
 * CloudFormation updates users before the cache that refers to them, so an upgrade from Redis OSS to Valkey must not change them.
 *
 * @see https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Clusters.RBAC.html
 */
const USER_ENGINE = 'redis';

/**
 * The one user of a cache, with a generated password. The user that every connection is without a name, `default`, is switched off.
 */
export class CacheUser extends Construct {
  public readonly credentials: secretsmanager.Secret;
  public readonly userGroup: elasticache.CfnUserGroup;

  constructor(scope: Construct, id: string, { userName, accessString, encryptionKey, removalPolicy }: CacheUserProps) {
    super(scope, id);

    this.credentials = new secretsmanager.Secret(this, 'Credentials', {
      description: `${this.node.path}: the user of a cache`,
      encryptionKey,
      generateSecretString: {
        secretStringTemplate: Stack.of(this).toJsonString({ username: userName }),
        generateStringKey: 'password',
        passwordLength: 64,
        excludePunctuation: true, // what is left, letters and digits, is the same in a URL
      },
      removalPolicy,
    });
    const authenticationMode = { Type: 'password', Passwords: [this.credentials.secretValueFromJson('password').unsafeUnwrap()] };
    const createUser = (resourceId: string, name: string, access: string) => new elasticache.CfnUser(this, resourceId, {
      engine: USER_ENGINE,
      userId: stackScopedName(this, { maxLength: 40, changesWith: name }), // CloudFormation creates a user with another name before it removes the first
      userName: name,
      accessString: access,
      authenticationMode,
    });
    const user = createUser('User', userName, accessString);
    // Each group must have a user of this name, and a Valkey cache refuses users without a password. A user that is off cannot log in.
    const nobody = createUser('Default', 'default', 'off -@all');
    this.userGroup = new elasticache.CfnUserGroup(this, 'Group', {
      engine: USER_ENGINE,
      userGroupId: stackScopedName(this, { maxLength: 40 }),
      userIds: [nobody.ref, user.ref],
    });
    [user, nobody, this.userGroup].forEach((resource) => resource.applyRemovalPolicy(removalPolicy));
  }
}
