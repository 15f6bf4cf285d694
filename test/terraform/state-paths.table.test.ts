import { App, Stack, Token } from 'aws-cdk-lib';
import { IGrantable, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { TerraformStateBackend, TerraformStateLock, TerraformStateOptions } from '../../src';
import { call, valuesOf } from '../checks/access-rules';
import { ACCOUNT, REGION } from '../checks/intrinsics';
import { DeployedPolicies } from '../checks/policies';

const KEY = 'network/terraform.tfstate';
const OWN_PREFIX = `env:/${KEY}`;

/** The states that a bucket may have besides: of other keys, in all places where Terraform looks for workspaces, with their locks and digests. */
function otherObjects(own: string[]): string[] {
  const suffixes = ['terraform.tfstate', 'tfstate', 'work/terraform.tfstate', '.tfstate'];
  const extended = ['team-b', 'a/b', 'env:', 'env:/prod', 'env:/network', 'prod', 'network'].map((folder) => `${folder}/${KEY}`);
  const prefixes = ['network', 'network/', 'network/terraform', 'network/terraform.tfstat'];
  const lookAlikes = [
    'Network/terraform.tfstate', 'network/Terraform.tfstate', 'network/terraform_tfstate', 'network/terraform.tfstate2', 'network/terraform.tfstate/', 'xnetwork/terraform.tfstate',
    'network-2/terraform.tfstate', 'network//terraform.tfstate', 'network/./terraform.tfstate', '/network/terraform.tfstate', 'network/terraform.tfstаte', 'network/terraform.tfstate.bak',
    'network/prod/terraform.tfstate', 'networkterraform.tfstate',
  ];
  const keys = [...suffixes, ...extended, ...prefixes, ...lookAlikes];
  const places = [...keys, ...keys.flatMap((key) => [`env:/prod/${key}`, `env:/${key}/prod/${key}`, `workspaces/prod/${key}`])];
  const ofThisState = [`env:/prod2/${KEY}`, `env:/Prod/${KEY}`, `env:/prod/x/${KEY}`, `ENV:/prod/${KEY}`, `env:/prod${KEY}`, `env/prod/${KEY}`, `other/env:/prod/${KEY}`];
  const objects = [...places, ...ofThisState].flatMap((path) => [path, `${path}.tflock`, `${path}-md5`]);
  return [...new Set(objects)].filter((path) => !own.includes(path));
}

type Grant = 'grantState' | 'grantPlan' | 'grantReadState';

const STATES: [name: string, state: TerraformStateOptions, own: string[]][] = [
  ['the default workspace', { key: KEY }, [KEY]],
  ['workspaces by name', { key: KEY, workspaces: ['prod', 'staging'] }, [KEY, `env:/prod/${KEY}`, `env:/staging/${KEY}`]],
  ['workspaces by name under another prefix', { key: KEY, workspaces: ['prod'], workspaceKeyPrefix: 'workspaces' }, [KEY, `workspaces/prod/${KEY}`]],
  ['all workspaces under a prefix of its own', { key: KEY, workspaceKeyPrefix: OWN_PREFIX }, [KEY, `${OWN_PREFIX}/prod/${KEY}`, `${OWN_PREFIX}/any/${KEY}`]],
];

/** What an identity may do with objects and items of the table, by one grant. */
function granted(grant: Grant, state: TerraformStateOptions, lock: TerraformStateLock) {
  const stack = new Stack(new App(), 'Stack', { env: { account: ACCOUNT, region: REGION } });
  const subject = new TerraformStateBackend(stack, 'State', { lock });
  const role = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });
  subject[grant](role, state);
  const { template, valueOf } = valuesOf(stack);
  const policies = new DeployedPolicies(template);
  const may = (request: ReturnType<typeof call>) => policies.decide({ ...request, principal: valueOf(role.roleArn) }).then(({ allowed }) => allowed);
  const bucketName = valueOf(subject.bucket.bucketName);
  const bare = { 's3:x-amz-server-side-encryption': undefined, 's3:x-amz-server-side-encryption-aws-kms-key-id': undefined };
  return {
    may,
    object: (verb: string, path: string) => call(`s3:${verb}`, `${valueOf(subject.bucket.bucketArn)}/${path}`, verb === 'PutObject' ? bare : {}),
    item: (verb: string, path: string) => call(`dynamodb:${verb}`, valueOf(subject.lockTable!.tableArn), { 'dynamodb:LeadingKeys': [`${bucketName}/${path}`] }),
    key: (verb: string) => call(`kms:${verb}`, valueOf(subject.encryptionKey.keyArn)),
  };
}

const LOCK = { 'a lock file': TerraformStateLock.lockFile(), 'a lock table': TerraformStateLock.table() };
const GRANTS: Grant[] = ['grantState', 'grantPlan', 'grantReadState'];
const OBJECT_VERBS = ['GetObject', 'PutObject', 'DeleteObject'];
const ITEM_VERBS = ['GetItem', 'PutItem', 'DeleteItem'];

describe.each(Object.entries(LOCK))('with %s', (how, lock) => {
  const table = how === 'a lock table';

  describe.each(STATES)('a grant for %s', (_, state, own) => {
    const locks = own.map((path) => `${path}.tflock`);
    const digests = own.map((path) => `${path}-md5`);
    const others = otherObjects([...own, ...locks, ...digests]);

    test('is tried with more than 300 other keys', () => {
      expect(others.length).toBeGreaterThan(300);
    });

    // The grant for items is its own; that for objects is the same with either lock.
    const VERBS: Record<Grant, string[]> = table
      ? { grantState: ['PutItem', 'DeleteItem'], grantPlan: ['GetItem', 'PutItem'], grantReadState: [] }
      : { grantState: OBJECT_VERBS, grantPlan: OBJECT_VERBS, grantReadState: ['GetObject'] };

    test.each(GRANTS.filter((grant) => VERBS[grant].length > 0))('%s reaches no other state, lock or digest', async (grant) => {
      const { may, object, item } = granted(grant, state, lock);
      const requests = others.flatMap((path) => VERBS[grant].map((verb) => (table ? item : object)(verb, path)));
      const allowed = await Promise.all(requests.map(may));
      expect(requests.filter((__, index) => allowed[index]).map(({ action, resource, context }) => [action, resource, context])).toEqual([]);
    }, 120_000);

    test.each(GRANTS)('%s reaches each object of this state, as far as it says', async (grant) => {
      const { may, object, item, key } = granted(grant, state, lock);
      const verbsOn = async (verbs: string[], request: (verb: string, path: string) => ReturnType<typeof call>, path: string) => {
        const allowed = await Promise.all(verbs.map((verb) => may(request(verb, path))));
        return verbs.filter((__, index) => allowed[index]);
      };
      const READ = ['GetObject'];
      for (const [index, path] of own.entries()) {
        const deletable = grant === 'grantState' && index > 0;
        expect([path, await verbsOn(OBJECT_VERBS, object, path)]).toEqual([path, grant === 'grantState' ? [...READ, 'PutObject', ...(deletable ? ['DeleteObject'] : [])] : READ]);
        const locking = grant === 'grantReadState' ? [] : 1;
        expect(await verbsOn(OBJECT_VERBS, object, `${path}.tflock`)).toEqual(locking === 1 && !table ? OBJECT_VERBS : []);
        if (!table) continue;
        expect(await verbsOn(ITEM_VERBS, item, path)).toEqual(locking === 1 ? ITEM_VERBS : []);
        expect(await verbsOn(ITEM_VERBS, item, `${path}-md5`)).toEqual({ grantState: ITEM_VERBS, grantPlan: ['GetItem'], grantReadState: [] }[grant]);
      }
      const encrypts = grant === 'grantState' || (grant === 'grantPlan' && !table); // a lock file is an object with the key of the bucket
      expect([await may(key('Decrypt')), await may(key('GenerateDataKey'))]).toEqual([true, encrypts]);
    });
  });
});

describe('the workspaces of a grant', () => {
  const backend = () => {
    const stack = new Stack(new App(), 'Stack');
    return { subject: new TerraformStateBackend(stack, 'Subject'), role: new Role(stack, 'Role', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') }) };
  };
  const tried = (state: TerraformStateOptions) => GRANTS.map((grant) => () => {
    const { subject, role } = backend();
    (subject[grant] as (grantee: IGrantable, of: TerraformStateOptions) => unknown).call(subject, role, state);
  });

  test.each(['env:', 'env:/network', 'network', 'a/b/network/terraform.tfstate', 'env:network/terraform.tfstate', 'env:/network/terraform.tfstate/x', 'env:/other.tfstate', KEY])(
    'cannot be all under %p, which other states may have, too', (workspaceKeyPrefix) => {
      const error = 'Stack/Subject: \'workspaceKeyPrefix\' must be one folder followed by the key, as in env:/network/terraform.tfstate, for a grant to all workspaces, ' +
        `got ${workspaceKeyPrefix}: under a prefix that states share, the grant would reach the workspaces of other states, as the wildcard of IAM matches slashes, too; or name the 'workspaces'`;
      for (const grant of tried({ key: KEY, workspaceKeyPrefix })) expect(grant).toThrow(new Error(error));
    });

  test('cannot be all under a prefix that is known later only', () => {
    for (const grant of tried({ key: KEY, workspaceKeyPrefix: Token.asString({ Ref: 'Prefix' }) })) expect(grant).toThrow('for a grant to all workspaces, got a token');
  });

  test.each(['env:', 'team/workspaces', Token.asString({ Ref: 'Prefix' })])('may be named under %p', (workspaceKeyPrefix) => {
    for (const grant of tried({ key: KEY, workspaces: ['prod'], workspaceKeyPrefix })) expect(grant).not.toThrow();
  });

  test('may be under a prefix with the key, where both are known later only', () => {
    const key = Token.asString({ Ref: 'Key' });
    for (const grant of tried({ key, workspaceKeyPrefix: `env:/${key}` })) expect(grant).not.toThrow();
  });

  test.each(['', '*', 'a/b', 'a b', 'pr?d', 'prod\n', 'prod\u200b'])('are not named %p', (name) => {
    const error = `Stack/Subject: 'workspaces' must be names of letters, digits and characters of -_.~&+=:@, got ${name.replace('\n', 'U+000A').replace('\u200b', 'U+200B').replace(' ', 'U+0020') || 'nothing'}`;
    for (const grant of tried({ key: KEY, workspaces: ['prod', name] })) expect(grant).toThrow(new Error(error));
  });

  test('are others than the default one, which each grant is for', () => {
    for (const grant of tried({ key: KEY, workspaces: ['default'] })) expect(grant).toThrow('\'workspaces\' must not have default, got it: its state is at \'key\', and in each grant');
  });

  test('are a list that is known', () => {
    for (const grant of tried({ key: KEY, workspaces: Token.asList({ Ref: 'Names' }) })) expect(grant).toThrow('\'workspaces\' must be a list known at synthesis, got a token');
  });
});

test.each([
  ['a//b', 'a//b'], ['a/./b', 'a/./b'], ['../b', '../b'], ['a\u0000b', 'aU+0000b'], ['a\u200bb', 'aU+200Bb'], ['a\u007f', 'aU+007F'], ['a\u00adb', 'aU+00ADb'],
])('%p is not the key that it looks like', (key, got) => {
  const subject = new TerraformStateBackend(new Stack(new App(), 'Stack'), 'Subject');
  const text = `must be a path without two slashes in a row, the folders . and .., and characters that cannot be seen, got ${got}`;
  expect(() => subject.backendConfig({ key })).toThrow(new Error(`Stack/Subject: 'key' ${text}`));
  expect(() => subject.backendConfig({ key: KEY, workspaceKeyPrefix: key })).toThrow(new Error(`Stack/Subject: 'workspaceKeyPrefix' ${text}`));
});

test.each(['network/terraform.tfstate.tflock', 'network/terraform.tfstate-md5'])('%s is the lock of another state', (key) => {
  const subject = new TerraformStateBackend(new Stack(new App(), 'Stack'), 'Subject');
  expect(() => subject.backendConfig({ key })).toThrow(/'key' must not end with (\.tflock|-md5), got .*: that is the lock of another state, network\/terraform\.tfstate$/);
});
