import { Token } from 'aws-cdk-lib';
import { Checks, isPlaceholder, isUnknown } from '../../shared/checks';
import { requireArgument, texts } from '../../shared/kinds';
import type { TerraformStateOptions } from '../terraform-state-options';

/** Where Terraform keeps the states of other workspaces by default: https://developer.hashicorp.com/terraform/language/backend/s3#workspace_key_prefix */
const DEFAULT_PREFIX = 'env:';

/** What a lock in the table is for has a suffix for its digest, and a lock file one of its own. A state with such a key would be the lock of another. */
const SUFFIXES_OF_LOCKS = ['.tflock', '-md5'];

/**
 * Which keys a grant for one state is for, and no other state has: first that of the default workspace, which cannot be deleted, then those of the other
 * workspaces. One of these that is a pattern has a single `*`, which stands for the name of a workspace.
 *
 * @throws if the key is not the path of one state, or the workspaces cannot be told from those of other states
 */
export function statePaths(check: Checks, state: Partial<TerraformStateOptions> = {}): [string, ...string[]] {
  requireState(check, state);
  const { key, workspaces, workspaceKeyPrefix } = state;
  if (workspaces !== undefined) return [key, ...workspaces.map((name) => `${workspaceKeyPrefix ?? DEFAULT_PREFIX}/${name}/${key}`)];
  if (workspaceKeyPrefix === undefined) return [key];
  requireOwnPrefix(check, key, workspaceKeyPrefix);
  return [key, `${workspaceKeyPrefix}/*/${key}`];
}

/** Throws where Terraform, or IAM, would understand something else than the state that is meant. */
export function requireState(check: Checks, state: Partial<TerraformStateOptions> = {}): asserts state is TerraformStateOptions {
  const { key, workspaces, workspaceKeyPrefix } = state;
  requirePath(check, 'key', key);
  const suffix = SUFFIXES_OF_LOCKS.find((one) => key.endsWith(one));
  if (suffix) throw check.error(`'key' must not end with ${suffix}, got ${key}: that is the lock of another state, ${key.slice(0, -suffix.length)}`);
  if (workspaceKeyPrefix !== undefined) requirePath(check, 'workspaceKeyPrefix', workspaceKeyPrefix);
  if (workspaces !== undefined) requireWorkspaces(check, workspaces);
}

function requirePath(check: Checks, prop: string, path: string | undefined): asserts path is string {
  if (isUnknown(path)) return;
  if (typeof path !== 'string' || !/^[^/*?"\\$%\s][^*?"\\$%\s]*$/.test(path) || path.endsWith('/') || Buffer.byteLength(path) > 1000) {
    throw check.error(`'${prop}' must be a path without wildcards, spaces, quotes, $, % and a slash at either end, of at most 1000 bytes, got ${path ?? 'nothing'}`);
  }
  // Terraform refuses two slashes in a row; a step to another folder, and what cannot be seen, are other keys than they look like.
  const isPlain = path.split('/').every((segment) => !['', '.', '..'].includes(segment)) && !/[\p{C}\p{Z}]/u.test(path);
  if (!isPlain) throw check.error(`'${prop}' must be a path without two slashes in a row, the folders . and .., and characters that cannot be seen, got ${visible(path)}`);
}

/** With the codes of characters that cannot be seen. */
function visible(text: string): string {
  return text.replace(/[\p{C}\p{Z}]/gu, (character) => `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`);
}

/** What Terraform takes as a name is what it need not escape in the path of a URL: https://developer.hashicorp.com/terraform/cli/commands/workspace/new */
function requireWorkspaces(check: Checks, workspaces: string[]): void {
  requireArgument(check.where, 'workspaces', workspaces, texts);
  check.knownList('workspaces', workspaces, 'each has a state of its own');
  const other = workspaces.find((name) => !isUnknown(name) && !/^[\w.~&+=:@-]+$/.test(name));
  if (other !== undefined) throw check.error(`'workspaces' must be names of letters, digits and characters of -_.~&+=:@, got ${visible(other) || 'nothing'}`);
  if (workspaces.includes('default')) throw check.error("'workspaces' must not have default, got it: its state is at 'key', and in each grant");
}

/**
 * The wildcard of IAM matches slashes: `env:/*\/terraform.tfstate` is `env:/prod/network/terraform.tfstate`, too, a workspace of another state. No other state has workspaces
 * under a folder that is followed by the whole key of this one.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
function requireOwnPrefix(check: Checks, key: string, prefix: string): void {
  const isOwn = prefix.endsWith(`/${key}`) && !prefix.slice(0, -key.length - 1).includes('/');
  if (isOwn || isPlaceholder(key) || isPlaceholder(prefix)) return;
  throw check.error(
    `'workspaceKeyPrefix' must be one folder followed by the key, as in ${DEFAULT_PREFIX}/${Token.isUnresolved(key) ? 'KEY' : key}, for a grant to all workspaces, got ` +
    `${Token.isUnresolved(prefix) ? 'a token' : prefix}: under a prefix that states share, the grant would reach the workspaces of other states, as the wildcard of IAM matches slashes, too; ` +
    'or name the \'workspaces\'',
  );
}
