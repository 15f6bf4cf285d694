import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { networkOf } from './encrypted-database.variants';
import { DatabaseEngine, EncryptedDatabase, EncryptedDatabaseProps, StageProfile } from '../../src';

export const ENGINES = [
  ['mysql', () => DatabaseEngine.mysql()],
  ['mariadb', () => DatabaseEngine.mariadb()],
  ['postgres', () => DatabaseEngine.postgres()],
  ['auroraMysql', () => DatabaseEngine.auroraMysql()],
  ['auroraPostgres', () => DatabaseEngine.auroraPostgres()],
] as const;

const ID_OF_STACK = { 'Fn::Select': [2, { 'Fn::Split': ['/', { Ref: 'AWS::StackId' }] }] };
/** The first twelve digits of the id, as they end a name. */
export const TIME_OF_STACK = [0, 1].map((part) => ({ 'Fn::Select': [part, { 'Fn::Split': ['-', ID_OF_STACK] }] }));

export interface Made {
  readonly stack: Stack;
  readonly database: EncryptedDatabase;
  readonly template: Template;
}

export function make(props: Partial<EncryptedDatabaseProps> = {}, profile?: StageProfile, context?: Record<string, unknown>): Made {
  const stack = new Stack(new App({ context }), 'Stack');
  profile?.applyTo(stack);
  const given: EncryptedDatabaseProps = Object.freeze({ vpc: networkOf(stack), engine: DatabaseEngine.mysql(), databaseName: 'skills', ...props });
  const database = new EncryptedDatabase(stack, 'Database', given);
  return { stack, database, get template() { return Template.fromStack(stack); } };
}

export type Refused = [props: Partial<EncryptedDatabaseProps>, error: string];

/** A test for each of the props, by the error that they get. */
export function refuses(...cases: Refused[]): void {
  test.each(cases.map(([props, error]) => ({ props, error })))('is refused: $error', ({ props, error }) => {
    expect(() => make(props)).toThrow(`Stack/Database: ${error}`);
  });
}

export const synth = (props?: Partial<EncryptedDatabaseProps>, profile?: StageProfile) => make(props, profile).template;

/** The properties of what holds the data, by the names that instances have for them. */
export function dataOf(template: Template): { resource: any; properties: any } {
  const [cluster] = Object.values<any>(template.findResources('AWS::RDS::DBCluster'));
  if (cluster) return { resource: cluster, properties: { ...cluster.Properties, VPCSecurityGroups: cluster.Properties.VpcSecurityGroupIds } };
  const [instance] = Object.values<any>(template.findResources('AWS::RDS::DBInstance'));
  return { resource: instance, properties: instance.Properties };
}

export const parametersOf = (template: Template) => Object.values<any>({
  ...template.findResources('AWS::RDS::DBParameterGroup'), ...template.findResources('AWS::RDS::DBClusterParameterGroup'),
})[0].Properties.Parameters;

export const arnOfKey = { 'Fn::GetAtt': [Match.stringLikeRegexp('^DatabaseKey'), 'Arn'] };
