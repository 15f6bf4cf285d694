import { Aws, CustomResource, Duration, RemovalPolicy, Size, Tokenization } from 'aws-cdk-lib';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { CdnSettings } from './cdn-settings';
import { acknowledge, acknowledgeWildcard } from '../../shared/acknowledge';
import { DeploymentFunction } from '../../shared/deployment-function';
import { grantKey } from '../../shared/key-grants';
import { stackScopedName } from '../../shared/stack-scoped-name';

interface SigningKeysProps extends Pick<CdnSettings, 'logRetention' | 'removalPolicy'> {
  readonly rotateAfter: Duration;
}

const LONGEST_NAME = 64;

/**
 * Keys that sign URLs and cookies, and the group of those that CloudFront trusts. A function makes and rotates them, so that no template has a private
 * one: docs/decisions/signing-keys.md.
 *
 * @returns with `signingKey`, the key that is current, as JSON of `keyPairId` and `privateKey`: what refers to it waits until there is one
 */
export function createSigningKeys(cdn: Construct, { rotateAfter, logRetention, removalPolicy }: SigningKeysProps) {
  const scope = new Construct(cdn, 'SigningKeys');
  const secret = new secretsmanager.Secret(scope, 'Secret', {
    description: 'The key that signs URLs and cookies of private media files',
    removalPolicy: RemovalPolicy.DESTROY, // CloudFront forgets the keys with the stack, so a copy that stays would be of nothing
  });
  acknowledge(secret, 'secretKey');

  const deployment = new DeploymentFunction(scope, 'Rotation', {
    description: 'Makes and rotates the keys that sign URLs and cookies of private media files',
    bundle: 'cdn-signing-keys',
    memorySize: Size.mebibytes(256),
    connectsTo: 'CloudFront and Secrets Manager',
    alsoRotates: true,
    environment: {
      SIGNING_SECRET: secret.secretArn,
      ROTATE_AFTER_DAYS: Tokenization.stringifyNumber(rotateAfter.toDays()),
    },
    logRetention,
    removalPolicy,
  });
  const rotationFunction = deployment.fn;

  const allowed = deployment.allow(
    scope,
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
  acknowledgeWildcard(allowed, '*', 'of public keys and key groups, IAM knows no narrower resource, and no condition: the function goes by the id of its group and by the names of its keys');

  const resource = new CustomResource(scope, 'Resource', {
    resourceType: 'Custom::SigningKeys',
    serviceToken: deployment.serviceToken,
    serviceTimeout: Duration.minutes(15),
    properties: {
      SecretArn: secret.secretArn,
      // What a new group is called. Rotations know theirs by its id, and no label is in the name, so that none can change it.
      KeyGroupName: stackScopedName(scope, { words: [cdn.node.id, 'signing-keys'], maxLength: LONGEST_NAME }),
    },
  });
  resource.node.addDependency(allowed);
  const keyGroup = cloudfront.KeyGroup.fromKeyGroupId(scope, 'KeyGroup', resource.getAttString('KeyGroupId'));
  const { encryptionKey } = secret; // none of ours: an organization may say one for all of its secrets
  if (encryptionKey) grantKey(encryptionKey, deployment, 'kms:Decrypt', 'kms:GenerateDataKey').applyBefore(resource);
  const signingKey = secretsmanager.Secret.fromSecretAttributes(scope, 'SigningKey', {
    secretCompleteArn: resource.getAttString('SecretArn'), encryptionKey,
  });

  rotationFunction.addPermission('SecretsManager', {
    principal: new iam.ServicePrincipal('secretsmanager.amazonaws.com'), sourceAccount: Aws.ACCOUNT_ID,
  });
  const schedule = new secretsmanager.CfnRotationSchedule(scope, 'Schedule', {
    secretId: secret.secretArn,
    rotationLambdaArn: rotationFunction.functionArn,
    rotationRules: { automaticallyAfterDays: rotateAfter.toDays() },
    rotateImmediatelyOnUpdate: false, // the first keys are new
  });
  schedule.node.addDependency(resource, rotationFunction); // Secrets Manager tries the function at once
  return { keyGroup, signingKey, rotationFunction };
}
