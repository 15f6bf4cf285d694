import { App, CfnResource, Duration, IAspect, Mixin, PropertyInjectors, RemovalPolicies, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { InstanceClass, InstanceSize, InstanceType, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { CfnKey, Key } from 'aws-cdk-lib/aws-kms';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as rds from 'aws-cdk-lib/aws-rds';
import { CfnRotationSchedule, CfnSecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { IConstruct } from 'constructs';
import { DatabaseEngine, EncryptedDatabase } from '../../src';
import * as mechanism from '../../src/shared/own-props-win';
import { networkOf } from '../database/encrypted-database.variants';

/** What an organization might do to all of its databases, or somebody hostile to ours: docs/decisions/injected-properties.md. */

type Props = Record<string, unknown>;

function databaseIn(stack: Stack, engine: DatabaseEngine): EncryptedDatabase {
  return new EncryptedDatabase(stack, 'Subject', { vpc: networkOf(stack), engine, databaseName: 'skills' });
}

class Change<T extends CfnResource> extends Mixin implements IAspect {
  constructor(private readonly type: new (...parameters: any[]) => T, private readonly change: (resource: T) => void) {
    super();
  }

  public supports(construct: IConstruct): construct is T {
    return construct instanceof this.type;
  }

  public applyTo(construct: IConstruct): void {
    if (this.supports(construct)) this.change(construct);
  }

  public visit(node: IConstruct): void {
    this.applyTo(node);
  }
}

const TAKING_BACK: [what: string, mixin: Mixin, property: string, engine?: DatabaseEngine][] = [
  ['opens instances to the internet', new Change(rds.CfnDBInstance, (instance) => instance.publiclyAccessible = true), 'publiclyAccessible'],
  ['drops encryption', new Change(rds.CfnDBInstance, (instance) => instance.storageEncrypted = false), 'storageEncrypted'],
  ['stops backups', new Change(rds.CfnDBInstance, (instance) => instance.backupRetentionPeriod = 0), 'backupRetentionPeriod'],
  ['lifts the protection', new Change(rds.CfnDBInstance, (instance) => instance.deletionProtection = false), 'deletionProtection'],
  ['takes the default parameters', new Change(rds.CfnDBInstance, (instance) => instance.dbParameterGroupName = 'default.mysql8.4'), 'dbParameterGroupName'],
  ['takes another security group', new Change(rds.CfnDBInstance, (instance) => instance.vpcSecurityGroups = ['sg-1']), 'vpcSecurityGroups'],
  ['writes a password down', new Change(rds.CfnDBInstance, (instance) => instance.masterUserPassword = 'hunter2'), 'masterUserPassword'],
  ['takes plain connections', new Change(rds.CfnDBParameterGroup, (group) => group.parameters = { require_secure_transport: '0' }), 'parameters'],
  ['drops the encryption of clusters', new Change(rds.CfnDBCluster, (cluster) => cluster.kmsKeyId = undefined), 'kmsKeyId', DatabaseEngine.auroraPostgres()],
  [
    'takes plain connections to clusters', new Change(rds.CfnDBClusterParameterGroup, (group) => group.parameters = { 'rds.force_ssl': '0' }), 'parameters',
    DatabaseEngine.auroraPostgres(),
  ],
  ['keeps the key as it is', new Change(CfnKey, (key) => key.enableKeyRotation = false), 'enableKeyRotation'],
  ['takes the key from secrets', new Change(CfnSecret, (secret) => secret.kmsKeyId = undefined), 'kmsKeyId'],
  ['keeps the password as it is', new Change(CfnRotationSchedule, (schedule) => schedule.rotationRules = undefined), 'rotationRules'],
];

test.each(TAKING_BACK)('a mixin that %s fails the synthesis', (_, mixin, property, engine = DatabaseEngine.mysql()) => {
  const stack = new Stack(new App(), 'Stack');
  databaseIn(stack, engine).with(mixin);
  expect(() => Template.fromStack(stack)).toThrow(new RegExp(`'${property}' of Stack/Subject/\\S+ was .* and became .* takes a promise of this construct back`));
});

test('a removal policy for all is said by the props, not over them', () => {
  const stack = new Stack(new App(), 'Stack');
  databaseIn(stack, DatabaseEngine.mysql());
  RemovalPolicies.of(stack).destroy();
  expect(() => Template.fromStack(stack)).toThrow(/'removalPolicy' of Stack\/Subject\/Database\/Resource was "RetainExceptOnCreate" and became "Delete"/);
});

const HOSTILE: { what: string; of: { readonly PROPERTY_INJECTION_ID: string }; engine?: DatabaseEngine; props: (own: Props) => Props }[] = [
  { what: 'public instances', of: rds.DatabaseInstance, props: () => ({ publiclyAccessible: true }) },
  { what: 'instances without encryption', of: rds.DatabaseInstance, props: () => ({ storageEncrypted: false, storageEncryptionKey: undefined }) },
  { what: 'instances without backups', of: rds.DatabaseInstance, props: () => ({ backupRetention: Duration.days(0) }) },
  { what: 'instances that go with the stack', of: rds.DatabaseInstance, props: () => ({ deletionProtection: false, deleteAutomatedBackups: true }) },
  { what: 'instances that log for a day', of: rds.DatabaseInstance, props: () => ({ cloudwatchLogsRetention: RetentionDays.ONE_DAY }) },
  { what: 'small instances', of: rds.DatabaseInstance, props: () => ({ instanceType: InstanceType.of(InstanceClass.T3, InstanceSize.MICRO) }) },
  { what: 'clusters with instances of their own', of: rds.DatabaseCluster, engine: DatabaseEngine.auroraMysql(), props: () => ({ backtrackWindow: Duration.hours(1) }) },
  { what: 'clusters without login by IAM', of: rds.DatabaseCluster, engine: DatabaseEngine.auroraMysql(), props: () => ({ iamAuthentication: false }) },
  { what: 'parameters that take plain connections', of: rds.ParameterGroup, props: () => ({ parameters: {} }) },
  { what: 'subnet groups of one name', of: rds.SubnetGroup, props: () => ({ subnetGroupName: 'all' }) },
  { what: 'security groups with a way out', of: SecurityGroup, props: () => ({ allowAllOutbound: true }) },
  { what: 'keys that stay as they are', of: Key, props: () => ({ enableKeyRotation: false, enabled: false }) },
  { what: 'secrets with symbols', of: Secret, props: (own) => (own.generateSecretString ? { generateSecretString: { passwordLength: 8 } } : {}) },
  { what: 'logs in the clear', of: LogGroup, props: () => ({ encryptionKey: undefined, retention: RetentionDays.ONE_DAY }) },
  { what: 'silent alarms', of: Alarm, props: () => ({ actionsEnabled: false }) },
];

describe.each(HOSTILE)('$what', ({ of, props, engine = DatabaseEngine.mysql() }) => {
  const synth = (hostile: boolean) => {
    const app = new App();
    if (hostile) PropertyInjectors.of(app).add({ constructUniqueId: of.PROPERTY_INJECTION_ID, inject: (own: Props) => ({ ...own, ...props(own) }) });
    const stack = new Stack(app, 'Stack');
    databaseIn(stack, engine);
    return Template.fromStack(stack).toJSON();
  };

  test('are not had by injection', () => {
    expect(synth(true)).toEqual(synth(false));
  });

  test('would be, if injectors had their way', () => {
    const expected = synth(false);
    jest.spyOn(mechanism, 'ownPropsWin').mockImplementation(() => undefined);
    const actual = (() => {
      try {
        return synth(true);
      } catch (error) {
        return error; // CDK itself may find that it does not fit
      }
    })();
    jest.restoreAllMocks();
    expect(actual).not.toEqual(expected);
  });
});
