import { CfnResource } from 'aws-cdk-lib';
import { inFile, SourceDefect } from '../mutations/source-defect';
import { override, TemplateDefect } from '../mutations/template-defect';

export const TEMPLATE_DEFECTS: TemplateDefect[] = [
  { name: 'a cache takes plain connections', variant: 'EncryptedCache', at: 'Nodes', change: override('TransitEncryptionEnabled', false) },
  { name: 'a cache is not encrypted at rest', variant: 'EncryptedCache', at: 'Nodes', change: override('AtRestEncryptionEnabled', false) },
  { name: 'a cache does not fail over', variant: 'EncryptedCache', at: 'Nodes', change: override('AutomaticFailoverEnabled', false) },
  { name: 'a cache has no backups', variant: 'EncryptedCache', at: 'Nodes', change: override('SnapshotRetentionLimit', 0) },
  { name: 'the logical id of a cache moves', variant: 'EncryptedCache', at: 'Nodes', change: (nodes: CfnResource) => nodes.overrideLogicalId('Moved') },
];

export const SOURCE_DEFECTS: SourceDefect[] = [
  ...inFile('src/cache/private/cache-user.ts', [
    { name: 'the default user of a cache may do all', find: "'off -@all'", replace: "'on ~* +@all'" },
    { name: 'an upgrade to Valkey changes users before the cache', test: 'test/cache/encrypted-cache.test.ts', find: "const USER_ENGINE = 'redis';", replace: "const USER_ENGINE = 'valkey';" },
    { name: 'passwords of caches do not fit into a URL', find: 'excludePunctuation: true,', replace: '' },
  ]),
  ...inFile('src/cache/private/cache-nodes.ts', [
    { name: 'a cache takes plain connections', find: 'transitEncryptionEnabled: true,', replace: '' },
    { name: 'a first replica and its failover come in one update', test: 'test/cache/encrypted-cache.test.ts', find: 'this.options.automaticFailover ?? count > 1', replace: 'count > 1' },
    { name: 'a node is of a type that ElastiCache does not have', test: 'test/cache/encrypted-cache.test.ts', find: "if (!nodeType.startsWith('cache.')) throw", replace: "if (nodeType === '') throw" },
  ]),
  ...inFile('src/cache/encrypted-cache.ts', [
    { name: 'Celery refuses the URL of a cache', test: 'test/cache/cache-url.test.ts', find: '/0?ssl_cert_reqs=required', replace: '/0' },
  ]),
  ...inFile('src/cache/private/serverless-cache.ts', [
    { name: 'nobody may read from the reader of a serverless cache', test: 'test/cache/encrypted-cache.test.ts', find: 'readerPort = 6380', replace: 'readerPort = 6379' },
  ]),
  ...inFile('src/cache/encrypted-cache.ts', [
    { name: 'the key of a last snapshot of a cache goes', find: 'keptInsteadOfSnapshot(settings.removalPolicy), // a snapshot', replace: 'settings.dependencyRemovalPolicy, // a snapshot' },
  ]),
];
