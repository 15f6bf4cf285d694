import { Aws, CustomResource, Duration, RemovalPolicy, Size, Tokenization } from 'aws-cdk-lib';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Function } from 'aws-cdk-lib/aws-lambda';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { CdnSettings } from './cdn-settings';
import { acknowledge, acknowledgeWildcard } from '../../shared/acknowledge';
import { DeploymentFunction } from '../../shared/deployment-function';
import { grantKey } from '../../shared/key-grants';
import { stackScopedName } from '../../shared/stack-scoped-name';

interface SigningKeysProps extends Pick<CdnSettings, 'words' | 'logRetention' | 'removalPolicy'> {
  readonly rotateAfter: Duration;
}

const LONGEST_NAME = 64;

/**
 * Keys that sign URLs and cookies, and the group of those that CloudFront trusts. A function makes and rotates them, so that no template has a private
 * one: docs/decisions/signing-keys.md.
 */
export class SigningKeys extends Construct {
  public readonly keyGroup: cloudfront.IKeyGroup;
  /** The key that is current, as JSON of `keyPairId` and `privateKey`. What refers to it waits until there is one. */
  public readonly signingKey: secretsmanager.ISecret;
  public readonly rotationFunction: Function;

  constructor(scope: Construct, id: string, { words, rotateAfter, logRetention, removalPolicy }: SigningKeysProps) {
    super(scope, id);

    const secret = new secretsmanager.Secret(this, 'Secret', {
      description: 'The key that signs URLs and cookies of private media files',
      removalPolicy: RemovalPolicy.DESTROY, // CloudFront forgets the keys with the stack, so a copy that stays would be of nothing
    });
    acknowledge(secret, 'secretKey');

    const deployment = new DeploymentFunction(this, 'Rotation', {
      description: 'Makes and rotates the keys that sign URLs and cookies of private media files',
      bundle: 'cdn-signing-keys',
      memorySize: Size.mebibytes(256),
      connectsTo: 'CloudFront and Secrets Manager',
      alsoRotates: true,
      environment: {
        KEY_GROUP_NAME: stackScopedName(this, { words: [...words, 'signing-keys'], maxLength: LONGEST_NAME }),
        SIGNING_SECRET: secret.secretArn,
        ROTATE_AFTER_DAYS: Tokenization.stringifyNumber(rotateAfter.toDays()),
      },
      logRetention,
      removalPolicy,
    });
    this.rotationFunction = deployment.fn;

    const allowed = deployment.allow(
      this,
      new iam.PolicyStatement({
        actions: ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue', 'secretsmanager:UpdateSecretVersionStage'],
        resources: [secret.secretArn],
      }),
      new iam.PolicyStatement({
        actions: [
          'cloudfront:CreateKeyGroup', 'cloudfront:DeleteKeyGroup', 'cloudfront:GetKeyGroup', 'cloudfront:ListKeyGroups', 'cloudfront:UpdateKeyGroup',
          'cloudfront:CreatePublicKey', 'cloudfront:DeletePublicKey', 'cloudfront:GetPublicKey', 'cloudfront:ListPublicKeys',
        ],
        resources: ['*'], // IAM has no narrower one for them, and no condition
      }),
    );
    acknowledgeWildcard(allowed, '*', 'of public keys and key groups, IAM knows no narrower resource, and no condition: the function goes by their names');

    const resource = new CustomResource(this, 'Resource', {
      resourceType: 'Custom::SigningKeys',
      serviceToken: deployment.serviceToken,
      serviceTimeout: Duration.minutes(15),
      properties: { SecretArn: secret.secretArn },
    });
    resource.node.addDependency(allowed);
    this.keyGroup = cloudfront.KeyGroup.fromKeyGroupId(this, 'KeyGroup', resource.getAttString('KeyGroupId'));
    const { encryptionKey } = secret; // none of ours: an organization may say one for all of its secrets
    if (encryptionKey) grantKey(encryptionKey, deployment, 'kms:Decrypt', 'kms:GenerateDataKey').applyBefore(resource);
    this.signingKey = secretsmanager.Secret.fromSecretAttributes(this, 'SigningKey', {
      secretCompleteArn: resource.getAttString('SecretArn'), encryptionKey,
    });

    this.rotationFunction.addPermission('SecretsManager', {
      principal: new iam.ServicePrincipal('secretsmanager.amazonaws.com'), sourceAccount: Aws.ACCOUNT_ID,
    });
    const schedule = new secretsmanager.CfnRotationSchedule(this, 'Schedule', {
      secretId: secret.secretArn,
      rotationLambdaArn: this.rotationFunction.functionArn,
      rotationRules: { automaticallyAfterDays: rotateAfter.toDays() },
      rotateImmediatelyOnUpdate: false, // the first keys are new
    });
    schedule.node.addDependency(resource, this.rotationFunction); // Secrets Manager tries the function at once
  }
}
