import { CfnTable, Table } from 'aws-cdk-lib/aws-dynamodb';
import { CfnKey, Key } from 'aws-cdk-lib/aws-kms';
import { Change, Injection, inVariant, OPEN_POLICY, ResourceChange } from '../checks/guard';

export const CHANGES: Change[] = [
  ...inVariant<Change>('TerraformStateBackend-table', [
    { what: 'stops the rotation of keys', change: new ResourceChange(CfnKey, (key) => key.enableKeyRotation = false), property: 'enableKeyRotation' },
    { what: 'replaces the policy of a key', change: new ResourceChange(CfnKey, (key) => key.keyPolicy = OPEN_POLICY), property: 'keyPolicy' },
    { what: 'removes the deletion protection of tables', change: new ResourceChange(CfnTable, (table) => table.deletionProtectionEnabled = false), property: 'deletionProtectionEnabled', isWarning: true },
    { what: 'stops the point-in-time recovery of tables', change: new ResourceChange(CfnTable, (table) => table.pointInTimeRecoverySpecification = undefined), property: 'pointInTimeRecoverySpecification', isWarning: true },
  ]),
];

export const INJECTIONS: Injection[] = [
  ...inVariant<Injection>('TerraformStateBackend', [
    { what: 'disabled keys without rotation', of: Key, props: () => ({ enableKeyRotation: false, enabled: false }) },
  ]),
  ...inVariant<Injection>('TerraformStateBackend-table', [
    { what: 'tables that expire items', of: Table, props: () => ({ timeToLiveAttribute: 'LockID', deletionProtection: false, pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: false } }) },
  ]),
];
