import { Resource, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { IAlias, IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { acknowledgeWildcard, addWarning } from './acknowledge';
import { policyUnchanged } from './resource-policies';
import { isKnownToDiffer, requireSameRegion } from './stacks';

/** How the aliases of keys that AWS manages begin. */
const OF_AWS = 'alias/aws/';

interface KeyUse {
  /** The construct that the key was given to. */
  readonly owner: Construct;
  /** @default encryptionKey */
  readonly prop?: string;
  /** What uses the key besides identities, such as `CloudFront`, which the policy of a key that AWS manages does not allow. */
  readonly usedBy: string;
  /**
   * The key that AWS manages and that is nevertheless of use.
   *
   * @default - none
   */
  readonly managed?: string;
}

/**
 * Refuses a key that cannot encrypt what a construct makes: one of another region, or one that AWS manages, whose policy nobody can change. Warns of a
 * key by its alias, and of a key of another account, as each has to be allowed elsewhere.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#aws-managed-cmk
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html
 */
export function requireUsableKey(key: IKey | undefined, { owner, prop = 'encryptionKey', usedBy, managed }: KeyUse): void {
  if (!key) return;
  requireSameRegion({ owner, as: `'${prop}'`, resource: key, because: 'a service encrypts with KMS keys of its own region only; give a key, or a replica of it, that is there' });
  const alias = unresolvedAlias(key);
  if (alias?.startsWith(OF_AWS) && alias !== managed) {
    throw new Error(
      `${owner.node.path}: '${prop}' must be a key that you manage, got ${alias}, which AWS manages: nobody can change its policy, and it does not allow ${usedBy}; ` +
      `give a kms.Key, or leave '${prop}' out`,
    );
  }
  if (alias !== undefined && alias !== managed) {
    addWarning(
      owner, 'cdk-mainstay:KeyByAlias',
      `'${prop}' is known by its alias ${alias} only: permissions are for whichever key has this alias (kms:ResourceAliases), and the policy of the key is not changed here. ` +
      'Import the key itself: kms.Key.fromLookup() with \'aliasName\', or kms.Key.fromKeyArn()',
    );
  }
  if (!Resource.isOwnedResource(key) && isKnownToDiffer(key.env.account, Stack.of(owner).account)) warnOfKeyOfAnotherAccount(owner, key);
}

/**
 * The key behind an alias, where the app knows it: permissions of IAM are for keys, never for aliases.
 */
export function keyItself(key: IKey): IKey {
  try {
    return 'aliasTargetKey' in key ? (key as IAlias).aliasTargetKey : key;
  } catch {
    return key; // an alias that was imported by its name throws
  }
}

/** The alias of a key that is known by nothing else. */
export function unresolvedAlias(key: IKey): string | undefined {
  if (keyItself(key) !== key) return undefined;
  return 'aliasName' in key ? (key as IAlias).aliasName : /:(alias\/[^:]+)$/.exec(key.keyArn)?.[1];
}

type Conditions = Record<string, Record<string, unknown>>;

/**
 * What a policy of IAM names for a key. IAM does not match the ARN of an alias to its key, so that a key by its alias is any key that has it.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
 */
export function keyPermission(key: IKey): { readonly resourceArns: string[]; readonly conditions?: Conditions } {
  const alias = unresolvedAlias(key);
  if (alias === undefined) return { resourceArns: [keyItself(key).keyArn] };
  const { account, region } = key.env;
  return {
    resourceArns: [Stack.of(key).formatArn({ service: 'kms', account, region, resource: 'key', resourceName: '*' })],
    conditions: { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': alias } },
  };
}

/**
 * Allows an identity actions with a key. CDK itself allows nothing with an alias that was imported by its name, unless a feature flag is set, and says nothing.
 *
 * @see https://github.com/aws/aws-cdk/issues/19914
 */
export function grantKey(key: IKey, grantee: iam.IGrantable, ...actions: string[]): iam.Grant {
  if (unresolvedAlias(key) === undefined) return keyItself(key).grant(grantee, ...actions);
  acknowledgeKeys(key, grantee);
  return iam.Grant.addToPrincipal({ grantee, actions, ...keyPermission(key) });
}

/**
 * Allows a role actions with a key by a statement of its own, and leaves the policy of the key as it is.
 */
export function allowKey(role: iam.IRole, key: IKey, actions: string[], conditions?: Conditions): void {
  const { resourceArns: resources, conditions: byAlias } = keyPermission(key);
  if (byAlias) acknowledgeKeys(key, role);
  role.addToPrincipalPolicy(new iam.PolicyStatement({ actions, resources, conditions: byAlias ? { ...conditions, ...byAlias } : conditions }));
}

function acknowledgeKeys(key: IKey, { grantPrincipal }: iam.IGrantable): void {
  if (!Construct.isConstruct(grantPrincipal)) return;
  acknowledgeWildcard(grantPrincipal, keyPermission(key).resourceArns, 'the key is known by its alias only, and a condition (kms:ResourceAliases) is for keys with this alias');
}

/** A policy of IAM is half of what a key of another account needs; the other half is in the policy of the key. */
function warnOfKeyOfAnotherAccount(owner: Construct, key: IKey): void {
  const statement = new iam.PolicyStatement({
    principals: [new iam.AccountPrincipal(Stack.of(owner).account)],
    actions: ['kms:Decrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*', 'kms:DescribeKey', 'kms:CreateGrant'],
    resources: ['*'],
  });
  addWarning(
    owner, 'cdk-mainstay:KeyOfAnotherAccount',
    policyUnchanged(key, owner, [statement], 'nobody of this account can use it, whatever its policies of IAM say'),
  );
}
