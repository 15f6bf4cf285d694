import { CfnResource, RemovalPolicy } from 'aws-cdk-lib';
import { inFile, SourceDefect } from '../mutations/source-defect';
import { override, TemplateDefect } from '../mutations/template-defect';

export const TEMPLATE_DEFECTS: TemplateDefect[] = [
  { name: 'a database is not encrypted', variant: 'EncryptedDatabase', at: 'Database/Resource', change: override('StorageEncrypted', false) },
  { name: 'a database is public', variant: 'EncryptedDatabase', at: 'Database/Resource', change: override('PubliclyAccessible', true) },
  { name: 'a database has no backups', variant: 'EncryptedDatabase', at: 'Database/Resource', change: override('BackupRetentionPeriod', 0) },
  { name: 'a database may be deleted', variant: 'EncryptedDatabase', at: 'Database/Resource', change: override('DeletionProtection', false) },
  { name: 'a database survives no zone', variant: 'EncryptedDatabase', at: 'Database/Resource', change: override('MultiAZ', false) },
  { name: 'a database goes with its stack', variant: 'EncryptedDatabase', at: 'Database/Resource', change: (database: CfnResource) => database.applyRemovalPolicy(RemovalPolicy.DESTROY) },
  { name: 'another database takes the place of one', variant: 'EncryptedDatabase', at: 'Database/Resource', change: override('DBInstanceIdentifier', 'other') },
  { name: 'a cluster has another database', variant: 'EncryptedDatabase-serverless', at: 'Database/Resource', change: override('DatabaseName', 'other') },
  { name: 'a database is watched as often as RDS cannot', variant: 'EncryptedDatabase', at: 'Database/Resource', change: override('MonitoringInterval', 7) },
  {
    name: 'everybody reaches a database',
    variant: 'EncryptedDatabase',
    at: 'SecurityGroup/Resource',
    change: override('SecurityGroupIngress', [{ CidrIp: '0.0.0.0/0', IpProtocol: 'tcp', FromPort: 3306, ToPort: 3306 }]),
  },
];

export const SOURCE_DEFECTS: SourceDefect[] = [
  ...inFile('src/database/private/connection-budget.ts', [
    { name: 'tasks of the version before open no connections', find: '* maximumPercent / 100', replace: '' },
    { name: 'a service that scales opens no more connections', find: 'Math.max(desiredCount, ...ceilings)', replace: 'desiredCount' },
  ]),
  ...inFile('src/database/encrypted-database.ts', [
    { name: 'a bound service keeps the password of before', find: 'Stack.of(this)) this.rotation.restart(service);', replace: 'Stack.of(this)) return;' },
    { name: 'an application starts before the writer of its cluster', test: 'test/binding/start-order.test.ts', find: 'startAfter(target, this.server.database, ...this.ways,', replace: 'startAfter(target, ...this.ways,' },
    { name: 'an application starts before its proxy leads anywhere', test: 'test/binding/start-order.test.ts', find: 'proxy ? [proxy.targets] : []', replace: '[]' },
    { name: 'a proxy cannot be added before other stacks', test: 'test/binding/start-order.test.ts', find: 'if (this.proxy && !isDeployedWith(target, this)) this.exportWayPastProxy();', replace: '' },
    { name: 'who waits for a database waits for its rotation', find: '!part.node.scopes.includes(rotation)', replace: 'true' },
    { name: 'applications get the secret that rotates', find: 'secret: this.connectionSecret, field }', replace: 'secret: this.secret, field }' },
    { name: 'the key of a last snapshot of a database goes', find: 'enableKeyRotation: true,\n      removalPolicy: settings.retention.policy,', replace: 'enableKeyRotation: true,\n      removalPolicy: settings.removalPolicy,' },
    { name: 'applications go past the proxy', find: 'this.connections = proxy?.connections ?? server.database.connections;', replace: 'this.connections = server.database.connections;', test: 'test/database/database-proxy.test.ts' },
  ]),
  ...inFile('src/database/private/database-server.ts', [
    { name: 'each Aurora database has warnings that are not so', test: 'test/database/encrypted-database.test.ts', find: "Annotations.of(cluster).acknowledgeWarning('@aws-cdk/aws-rds:instancePerformanceInsightsOverridden');", replace: '' },
    { name: 'passwords of databases have symbols', find: 'excludePunctuation: true,', replace: 'excludePunctuation: false,' },
  ]),
  ...inFile('src/shared/removal-policy.ts', [
    { name: 'a pinned database is replaced', test: 'test/database/replacement-pin.test.ts', find: 'if (before === now) return [];', replace: 'return [];' },
  ]),
  ...inFile('src/database/private/replacement-pin.ts', [
    { name: 'a pinned database gets another key', find: "'Engine', 'DatabaseName', 'MasterUsername', 'KmsKeyId',", replace: "'Engine', 'DatabaseName', 'MasterUsername'," },
    { name: 'a pinned database is a copy of another one', test: 'test/database/replacement-pin.test.ts', find: " 'SourceDbClusterResourceId',", replace: '' },
  ]),
  ...inFile('src/database/private/validate-database.ts', [
    { name: 'what is restored has no name but those of a new one', test: 'test/database/database-restore.test.ts', find: 'if (isRestored(props))', replace: 'if (isRestored(props) && props.engine === undefined)' },
    { name: 'a restored instance has the size of a new one', test: 'test/database/database-restore.test.ts', find: 'if (isRestored(settings) && !allocatedStorage) throw', replace: 'if (isRestored(settings) && allocatedStorage?.toGibibytes() === 1) throw' },
    { name: 'a name that is guessed first is a new master user', test: 'test/database/encrypted-database.test.ts', find: '!GUESSED.includes(masterUsername.toLowerCase())', replace: 'masterUsername !== \'never\'' },
    { name: 'a class begins with db. twice', test: 'test/database/encrypted-database.test.ts', find: '/^(db|cache)', replace: '/^(cache)' },
  ]),
  ...inFile('src/database/private/login.ts', [
    { name: 'a user without a password is every user', test: 'test/database/encrypted-database.test.ts', find: '/^[\\w.@$-]+$/', replace: '/^[\\w.@$*-]+$/' },
    { name: 'an old MariaDB is asked for login by IAM', test: 'test/database/encrypted-database.test.ts', find: "family !== 'mariadb' || ", replace: "family !== 'postgres' || " },
  ]),
  ...inFile('src/shared/data-subnets.ts', [
    { name: 'a database is in one subnet', test: 'test/database/encrypted-database.test.ts', find: 'inOneZone || isOne', replace: 'inOneZone' },
    { name: 'a database is in public subnets', find: 'if (open) throw checks.error', replace: 'if (!open && subnets.length === 0) throw checks.error' },
  ]),
  ...inFile('src/database/private/database-parameters.ts', [
    { name: 'MySQL 5.7 gets a collation of 8.0', test: 'test/database/encrypted-database.test.ts', find: "version.startsWith('5.') ? undefined : ", replace: '' },
    { name: 'a database takes plain connections', find: '...parameters, ...tls }', replace: '...parameters }' },
    { name: 'parameters may switch TLS off', find: 'parameters[name] !== undefined && parameters[name] !== value', replace: "parameters[name] === 'never'" },
  ]),
  ...inFile('src/database/private/password-rotation.ts', [
    { name: 'passwords rotate while the first applications start', find: 'rotateImmediatelyOnUpdate: false,', replace: 'rotateImmediatelyOnUpdate: true,' },
    { name: 'a rotation puts any event on the bus', test: 'test/checks/least-privilege.test.ts', find: "'events:source': ROTATED.source, 'events:detail-type': ROTATED.detailType }", replace: "'events:source': ROTATED.source }" },
  ]),
  ...inFile('src/database/private/service-restart.ts', [
    { name: 'a service of another stack keeps the password of before', test: 'test/database/restart-after-rotation.test.ts', find: 'this.rule.addEventPattern({ resources: [secret.secretArn] });', replace: '' },
    { name: 'ECS is asked for a restart that it refuses', test: 'test/database/restart-after-rotation.test.ts', find: "controller !== 'ECS'", replace: "controller === ''" },
    { name: 'a restarter restarts every service', test: 'test/checks/least-privilege.test.ts', find: "allow(role, ['ecs:UpdateService'], service.serviceArn);", replace: "allow(role, ['ecs:UpdateService'], '*');" },
  ]),
  ...inFile('lambda/database/rotation/rotation.ts', [
    { name: 'applications have a password before the database', find: 'if (!await awaitSettled(database, deadline, RESERVE))', replace: 'if (false as boolean)' },
    { name: 'applications never have the new password', find: "await connection.put(version, 'AWSCURRENT', withPassword(connectionFields, await this.pendingPassword(version)));", replace: '' },
    { name: 'services of other stacks never hear of a rotation', test: 'test/lambda/database/rotation/rotation.test.ts', find: '[announce(), ...services.map(restart)]', replace: 'services.map(restart)' },
  ]),
  ...inFile('lambda/database/rotation/database.ts', [
    { name: 'a rotation changes more than the password', find: 'DBInstanceIdentifier: this.identifier, MasterUserPassword: password }', replace: 'DBInstanceIdentifier: this.identifier, MasterUserPassword: password, ApplyImmediately: true }' },
  ]),
  ...inFile('src/database/private/backup-plan.ts', [
    { name: 'AWS Backup may delete what it did not make', test: 'test/database/database-backup-plan.test.ts', find: '`rds:Delete${of}Snapshot`], [made]', replace: '`rds:Delete${of}Snapshot`], [anySnapshot]' },
    { name: 'anybody of another account may read snapshots', test: 'test/database/database-backup-plan.test.ts', find: "'kms:ReEncrypt*'], ofBackup)", replace: "'kms:ReEncrypt*'], {})" },
    { name: 'backups are deleted by hand', test: 'test/database/database-backup-plan.test.ts', find: 'blockRecoveryPointDeletion: true,', replace: '' },
    { name: 'copies in another region never expire', test: 'test/checks/least-privilege.test.ts', find: "`rds:Delete${of}Snapshot`, 'rds:AddTagsToResource', 'rds:ListTagsForResource'], made", replace: "'rds:AddTagsToResource', 'rds:ListTagsForResource'], made" },
    { name: 'copies have any key of a region used by anybody', test: 'test/checks/least-privilege.test.ts', find: "keys, { ...viaService('rds', region), Bool: { 'kms:GrantIsForAWSResource': 'true' } }", replace: "keys, viaService('rds', region)" },
  ]),
  ...inFile('src/database/private/restore-drill.ts', [
    { name: 'a drill may delete any instance with its mark', test: 'test/checks/least-privilege.test.ts', find: "['rds:DeleteDBInstance'], [instance], marked", replace: "['rds:DeleteDBInstance'], [rdsArn(this, 'db', '*')], marked" },
    { name: 'a drill begins before there is the database', find: 'addDependency(role, this.server.database)', replace: 'addDependency(role)' },
    { name: 'nobody hears that drills no longer happen', find: 'IF(FILL(exists, 0) > 0, FILL(succeeded, 0), 1)', replace: 'IF(FILL(exists, 0) > 0, succeeded, 1)' },
  ]),
  ...inFile('src/database/private/restore-drill-machine.ts', [
    { name: 'a drill leaves its database when its function breaks off', find: "ResultPath: '$.failure', Next: 'Give up'", replace: "ResultPath: '$.failure', Next: 'Not restored'" },
  ]),
  ...inFile('lambda/database/drill/handler.ts', [
    { name: 'a drill leaves its database when the query fails', find: "return { phase: 'destroy', looks: 0, next: 'wait', failure:", replace: "return { phase: 'destroy', looks: 0, next: 'failed', failure:" },
    { name: 'a drill of a database without tables rings on the first day', test: 'test/database/restore-drill.test.ts', find: 'now() - createdAt.getTime() >= DAY', replace: 'now() - createdAt.getTime() >= 0' },
  ]),
  ...inFile('lambda/database/drill/throwaway-database.ts', [
    { name: 'a drill restores the oldest snapshot', find: 'Number(other.SnapshotCreateTime) - Number(one.SnapshotCreateTime)', replace: 'Number(one.SnapshotCreateTime) - Number(other.SnapshotCreateTime)' },
    { name: 'a cluster is restored with another version of the engine', test: 'test/database/restore-drill.test.ts', find: 'EngineVersion, // or RDS', replace: '// or RDS' },
  ]),
  ...inFile('lambda/database/drill-query/handler.ts', [
    { name: 'an empty database convinces', find: "['', '0',", replace: "[''," },
  ]),
  ...inFile('src/database/private/database-restore.ts', [
    { name: 'a restore asks for a version that RDS has left behind', test: 'test/database/database-restore.test.ts', find: '&& !allowMajorVersionUpgrade ? undefined : engine.version', replace: '&& !allowMajorVersionUpgrade ? engine.version : engine.version' },
    { name: 'a restored database is a replica', find: 'restoreTime === undefined ? { useLatestRestorableTime: true } : { restoreTime }', replace: 'restoreTime === undefined ? {} : { restoreTime }' },
  ]),
  ...inFile('src/database/private/cluster.ts', [
    { name: 'scaling takes the standby for a reader too many', find: 'minCapacity: readers + besides', replace: 'minCapacity: readers' },
  ]),
  ...inFile('src/database/private/database-proxy.ts', [
    { name: 'a proxy takes plain connections', find: 'requireTls: true,', replace: 'requireTls: false,' },
    { name: 'a proxy reads what applications read', find: "allow(role, ['secretsmanager:GetSecretValue'], credentials.secretArn)", replace: "allow(role, ['secretsmanager:GetSecretValue'], '*')" },
    { name: 'a proxy keeps its name in other subnets', find: 'changesWith: subnetIds', replace: 'changesWith: []' },
  ]),
  ...inFile('src/database/private/connection-budget.ts', [
    { name: 'the connections of a database that scales below one unit are not capped', find: 'minimumCapacity < 1 ? 2000 : Infinity', replace: 'minimumCapacity < 0 ? 2000 : Infinity', test: 'test/database/cluster-capacity.test.ts' },
  ]),
  ...inFile('src/database/private/support.ts', [
    { name: 'an old version of a database is not warned of', find: '(isOlder(major, oldest) ? calendar[oldest] : undefined)', replace: 'undefined' },
  ]),
  ...inFile('src/database/private/database-alarms.ts', [
    { name: 'nobody hears of a full local storage', find: 'below: Math.floor(localStorage * 0.05)', replace: 'below: 0' },
  ]),
];
