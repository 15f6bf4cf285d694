import { CfnResource, RemovalPolicy } from 'aws-cdk-lib';
import { inFile, SourceDefect } from '../mutations/source-defect';
import { override, unset, TemplateDefect } from '../mutations/template-defect';

export const TEMPLATE_DEFECTS: TemplateDefect[] = [
  { name: 'states go with their stack', variant: 'TerraformStateBackend-ephemeral', at: 'Bucket/Resource', change: (bucket: CfnResource) => bucket.applyRemovalPolicy(RemovalPolicy.DESTROY) },
  { name: 'states have no versions', variant: 'TerraformStateBackend', at: 'Bucket/Resource', change: unset('versioningConfiguration') },
  { name: 'locks cannot be restored', variant: 'TerraformStateBackend-table', at: 'LockTable/Resource', change: unset('pointInTimeRecoverySpecification') },
  { name: 'locks have another key', variant: 'TerraformStateBackend-table', at: 'LockTable/Resource', change: override('KeySchema.0.AttributeName', 'LockId') },
];

export const SOURCE_DEFECTS: SourceDefect[] = [
  ...inFile('src/terraform/terraform-state-backend.ts', [
    { name: 'old states may be deleted', find: "  deny(['s3:DeleteObjectVersion'], bucket.arnForObjects('*'));\n", replace: '' },
    { name: 'a reader may write the state', find: '...READ, keys: this.pathsOf(state), list', replace: "...READ, actions: ['s3:GetObject', 's3:PutObject'], keys: this.pathsOf(state), list" },
    { name: 'the lock of any state may be taken', find: ", conditions: { [operator]: { 'dynamodb:LeadingKeys': keys } }", replace: '' },
    { name: 'an ephemeral profile destroys states', find: 'const removalPolicy = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;', replace: 'const { removalPolicy } = profile;' },
    { name: 'a plan may write the state', find: '{ ...READ, keys: paths, keyActions', replace: "{ actions: ['s3:GetObject', 's3:PutObject'], keys: paths, keyActions" },
    { name: 'a plan may write what was written last', find: "actions: ['dynamodb:GetItem'], items: digestsOf(paths)", replace: 'actions: READ_AND_WRITE_ITEMS, items: digestsOf(paths)' },
  ]),
  ...inFile('src/terraform/private/state-paths.ts', [
    { name: 'states share the prefix of their workspaces', find: '  requireOwnPrefix(check, key, workspaceKeyPrefix);\n', replace: '', test: 'test/terraform/state-paths.table.test.ts' },
    { name: 'workspaces by their names are a pattern', find: '`${workspaceKeyPrefix ?? DEFAULT_PREFIX}/${name}/${key}`', replace: '`${workspaceKeyPrefix ?? DEFAULT_PREFIX}/${name}*/${key}`' },
  ]),
];
