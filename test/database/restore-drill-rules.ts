import { IResolvable } from 'aws-cdk-lib';
import { Function } from 'aws-cdk-lib/aws-lambda';
import { EncryptedDatabase } from '../../src';
import { DRILL_TAG } from '../../src/database/private/restore-drill';
import { AccessRule, Actor, call, DeployedTemplate, onBehalfOf, OTHER_ACCOUNT } from '../checks/access-rules';
import { ACCOUNT, REGION } from '../checks/intrinsics';

const RDS = `arn:aws:rds:${REGION}:${ACCOUNT}`;
const VIA_RDS = { 'kms:ViaService': `rds.${REGION}.amazonaws.com` };

/** @param production the ARN of the database that is drilled with */
export function drillRules(
  subject: EncryptedDatabase, template: DeployedTemplate, valueOf: (token: string | IResolvable) => string, production: string,
): AccessRule[] {
  const isCluster = subject.cluster !== undefined;
  const [kind, noun, snapshotKind] = isCluster ? ['cluster', 'DBCluster', 'cluster-snapshot'] : ['db', 'DBInstance', 'snapshot'];
  const drill = subject.node.findChild('RestoreDrill');
  const functionOf = (id: string) => drill.node.findChild(id).node.findChild('Function') as Function;
  const [steps, query] = ['Login', 'Query'].map(functionOf);
  const machine = valueOf(subject.restoreDrill!.stateMachineArn);
  const machineRole = valueOf(subject.restoreDrill!.role.roleArn);
  const scheduleRole = valueOf((drill.node.findChild('ScheduleRole') as any).roleArn);
  const environments = Object.values(template.Resources).map(({ Properties }) => Properties?.Environment?.Variables?.DRILL_IDENTIFIER);
  const identifier = valueOf(environments.find((variable) => variable !== undefined));
  const throwaway = `${RDS}:${kind}:${identifier}`;
  const instance = `${RDS}:db:${identifier}`;
  const productionId = production.split(':').at(-1)!;
  const newest = `${RDS}:${snapshotKind}:rds:${productionId}-2026-11-21-03-07`;
  const logicalIdOf = (type: RegExp) => Object.entries(template.Resources).find(([, { Type }]) => type.test(Type))![0];
  const subnetGroup = `${RDS}:subgrp:${logicalIdOf(/DBSubnetGroup$/)}`;
  const parameterGroup = `${RDS}:${isCluster ? 'cluster-pg' : 'pg'}:${logicalIdOf(/Db?(Cluster)?ParameterGroup$/i)}`;
  const optionGroup = `${RDS}:og:default:mysql-8-0`;
  const ofDrill = { [`aws:ResourceTag/${DRILL_TAG}`]: identifier };
  const untagged = { [`aws:ResourceTag/${DRILL_TAG}`]: 'no' };
  const key = valueOf(subject.encryptionKey.keyArn);
  const restore = isCluster ? 'rds:RestoreDBClusterFromSnapshot' : 'rds:RestoreDBInstanceFromDBSnapshot';
  const list = isCluster ? 'rds:DescribeDBClusterSnapshots' : 'rds:DescribeDBSnapshots';

  const driller = new Actor('the drill', valueOf(steps.role!.roleArn));
  const waiter = new Actor('the machine of the drill', machineRole);
  const asker = new Actor('the query function of the drill', valueOf(query.role!.roleArn));
  const clock = new Actor('the schedule of the drill', scheduleRole);
  const logStream = (fn: Function) => `${valueOf(fn.logGroup.logGroupArn).replace(/:\*$/, '')}:log-stream:2026`;
  const fnArn = (fn: Function) => valueOf(fn.functionArn);

  const restoring: AccessRule[] = [
    driller.may('see the snapshots', call(list, production), call(list, `${RDS}:${snapshotKind}:any`)),
    driller.may('restore an automated snapshot into what it destroys again', ...[throwaway, newest, subnetGroup, parameterGroup, optionGroup].map((arn) => call(restore, arn))),
    driller.may('mark what it makes', ...new Set([instance, throwaway].map((arn) => call('rds:AddTagsToResource', arn)))),
    driller.may('see how far it is', call('rds:DescribeDBInstances', instance), ...(isCluster ? [call('rds:DescribeDBClusters', throwaway)] : [])),
    driller.may('see how old the database is', call(`rds:Describe${noun}s`, production)),
    driller.may('give what was restored a password', call(`rds:Modify${noun}`, throwaway)),
    driller.may('destroy what it made', call('rds:DeleteDBInstance', instance, ofDrill), ...(isCluster ? [call('rds:DeleteDBCluster', throwaway, ofDrill)] : [])),
    ...(isCluster ? [driller.may('give the cluster an instance', ...[instance, throwaway, subnetGroup, `${RDS}:pg:default.aurora-mysql8.0`, optionGroup].map((arn) => call('rds:CreateDBInstance', arn)))] : []),
    driller.may('have RDS use the key', call('kms:CreateGrant', key, VIA_RDS), call('kms:DescribeKey', key, VIA_RDS)),
    driller.may('have it asked', call('lambda:InvokeFunction', fnArn(query))),
    driller.mayNot('delete the database', call(`rds:Delete${noun}`, production, ofDrill)),
    driller.mayNot('delete another instance, even one with the mark', call('rds:DeleteDBInstance', `${RDS}:db:other`, ofDrill)),
    driller.mayNot('delete one of that name without the mark', call(`rds:Delete${noun}`, throwaway, untagged)),
    driller.mayNot('give the database a password, or modify it', call(`rds:Modify${noun}`, production)),
    driller.mayNot('modify another', call(`rds:Modify${noun}`, `${RDS}:${kind}:other`)),
    driller.mayNot('mark the database as its own', call('rds:AddTagsToResource', production)),
    driller.mayNot('restore into another database', call(restore, `${RDS}:${kind}:other`)),
    driller.mayNot('restore a snapshot of another database', call(restore, `${RDS}:${snapshotKind}:rds:other-2026-11-21-03-07`)),
    driller.mayNot('restore into other subnets', call(restore, `${RDS}:subgrp:other`)),
    driller.mayNot('delete a snapshot', call(isCluster ? 'rds:DeleteDBClusterSnapshot' : 'rds:DeleteDBSnapshot', newest)),
    driller.mayNot('use the key by itself', call('kms:CreateGrant', key, { 'kms:ViaService': `s3.${REGION}.amazonaws.com` })),
    driller.mayNot('decrypt', call('kms:Decrypt', key, VIA_RDS)),
    driller.mayNot('start another function', call('lambda:InvokeFunction', `${fnArn(query)}2`)),
    waiter.may('have a step taken', call('lambda:InvokeFunction', fnArn(steps))),
    waiter.mayNot('ask by itself', call('lambda:InvokeFunction', fnArn(query))),
    waiter.mayNot('delete what was restored', call(`rds:Delete${noun}`, throwaway, ofDrill)),
    waiter.mayNot('restore', call(restore, throwaway)),
  ];
  const asking: AccessRule[] = [
    asker.mayNot('give the database a password', call(`rds:Modify${noun}`, production)),
    asker.may('be put into the network', ...['CreateNetworkInterface', 'DeleteNetworkInterface'].map((action) => call(`ec2:${action}`, `arn:aws:ec2:${REGION}:${ACCOUNT}:network-interface/eni-0a1b2c3d`)),
      call('ec2:DescribeNetworkInterfaces', '*'), call('ec2:DescribeSubnets', '*')),
    asker.mayNot('delete a network', call('ec2:DeleteVpc', `arn:aws:ec2:${REGION}:${ACCOUNT}:vpc/vpc-0a1b2c3d`)),
    ...[[driller, steps], [asker, query]].flatMap(([actor, fn]) => [
      (actor as Actor).may('open a log stream', call('logs:CreateLogStream', logStream(fn as Function))),
      (actor as Actor).may('write its logs', call('logs:PutLogEvents', logStream(fn as Function))),
      (actor as Actor).mayNot('read what applications read', call('secretsmanager:GetSecretValue', valueOf(subject.connectionSecret.secretArn))),
    ]),
  ];

  const group = `arn:aws:scheduler:${REGION}:${ACCOUNT}:schedule-group/default`;
  const takes = (role: string) => call('sts:AssumeRole', role);
  const trusting: AccessRule[] = [
    clock.may('start a drill', call('states:StartExecution', machine)),
    clock.mayNot('stop one', call('states:StopExecution', machine.replace(':stateMachine:', ':execution:') + ':one')),
    clock.mayNot('start another machine', call('states:StartExecution', `${machine}Other`)),
    new Actor('Step Functions for a machine of the account', ...onBehalfOf('states.amazonaws.com', machine)).may('take the role of the drill', takes(machineRole)),
    new Actor('Step Functions for another account', ...onBehalfOf('states.amazonaws.com', machine.replace(ACCOUNT, OTHER_ACCOUNT), OTHER_ACCOUNT)).mayNot('take the role of the drill', takes(machineRole)),
    new Actor('Scheduler', ...onBehalfOf('scheduler.amazonaws.com', group)).may('take the role of the schedule', takes(scheduleRole)),
    new Actor('Scheduler for another group', ...onBehalfOf('scheduler.amazonaws.com', `${group}2`)).mayNot('take the role of the schedule', takes(scheduleRole)),
    new Actor('Scheduler for another account', ...onBehalfOf('scheduler.amazonaws.com', group, OTHER_ACCOUNT)).mayNot('take the role of the schedule', takes(scheduleRole)),
    ...[steps, query].flatMap((fn) => [
      new Actor('Lambda', 'lambda.amazonaws.com').may(`take the role of ${fn.node.scope!.node.id}`, takes(valueOf(fn.role!.roleArn))),
      new Actor('ECS', 'ecs-tasks.amazonaws.com').mayNot(`take the role of ${fn.node.scope!.node.id}`, takes(valueOf(fn.role!.roleArn))),
    ]),
  ];
  return [...restoring, ...asking, ...trusting];
}
