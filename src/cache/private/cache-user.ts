import { createHash } from 'crypto';
import { RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import * as elasticache from 'aws-cdk-lib/aws-elasticache';
import { IKey } from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { nameOfThisLife } from '../../shared/name-of-this-life';
import { CacheEngine } from '../cache-engine';

interface CacheUserProps {
  readonly engine: CacheEngine;
  readonly userName: string;
  readonly accessString: string;
  readonly encryptionKey: IKey;
  readonly removalPolicy: RemovalPolicy;
}

/**
 * The one user of a cache, with a generated password. The user that every connection is without a name, `default`, is switched off.
 */
export class CacheUser extends Construct {
  public readonly credentials: secretsmanager.Secret;
  public readonly userGroup: elasticache.CfnUserGroup;

  constructor(scope: Construct, id: string, { engine, userName, accessString, encryptionKey, removalPolicy }: CacheUserProps) {
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
    const name = nameOfThisLife(this);
    const authenticationMode = { Type: 'password', Passwords: [this.credentials.secretValueFromJson('password').unsafeUnwrap()] };
    const user = new elasticache.CfnUser(this, 'User', {
      engine: engine.name,
      userId: `${name}-${ofName(userName)}`,
      userName,
      accessString,
      authenticationMode,
    });
    // Redis wants a user of this name in each group, and Valkey a password of each user: nobody who is off can come in by one.
    const nobody = new elasticache.CfnUser(this, 'Default', {
      engine: engine.name,
      userId: `${name}-off`,
      userName: 'default',
      accessString: 'off -@all',
      authenticationMode,
    });
    this.userGroup = new elasticache.CfnUserGroup(this, 'Group', {
      engine: engine.name,
      userGroupId: name,
      userIds: [nobody.ref, user.ref],
    });
    [user, nobody, this.userGroup].forEach((resource) => resource.applyRemovalPolicy(removalPolicy));
  }
}

/** A user with another name is another user, whom CloudFormation makes before it removes the first: it needs another id. */
function ofName(userName: string): string {
  return Token.isUnresolved(userName) ? 'user' : createHash('sha256').update(userName).digest('hex').slice(0, 4);
}
