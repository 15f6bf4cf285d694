import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CacheCapacity, DatabaseEngine, EncryptedCache, EncryptedDatabase, EndpointSet, HaVpc, NatStrategy } from '../../src';
import { ec2Description } from '../../src/shared/security-groups';

describe('what EC2 takes as a description', () => {
  test.each([
    ['Stack/Database (a-z, #1) @[x]+=&;{}!$*._:', 'Stack/Database (a-z, #1) @[x]+=&;{}!$*._:'],
    ['Königsberg/Größe/Señor', 'Konigsberg/Gro-e/Senor'],
    ['Ko\u0308nig', 'Konig'], // a letter and its mark as two
    ['Łódź/データ/🚀/it\'s "x"|~^?', '-odz/---/-/it-s -x-----'],
    ['', ''],
  ])('%j becomes %j', (text, description) => {
    expect(ec2Description(text)).toBe(description);
  });

  test('has 255 characters at most', () => {
    expect(ec2Description(`ä${'x'.repeat(300)}`)).toBe(`a${'x'.repeat(254)}`);
  });
});

test('each security group has one, whatever the ids of constructs are', () => {
  const stack = new Stack(new App(), 'Stack');
  const { vpc } = new HaVpc(stack, 'Netz-für-Züge', { natStrategy: NatStrategy.instances(), interfaceEndpoints: [EndpointSet.ssm()] });
  const database = new EncryptedDatabase(stack, 'Schülerdaten', { vpc, engine: DatabaseEngine.mysql(), databaseName: 'app', proxy: {}, restoreDrill: {} });
  const caches = [new EncryptedCache(stack, 'Zwischenspeicher-ä', { vpc }), new EncryptedCache(stack, 'Größe', { vpc, capacity: CacheCapacity.serverless() })];
  caches.forEach((cache) => cache.allowFrom(database));
  const template = Template.fromStack(stack);

  const groups = Object.values<any>(template.findResources('AWS::EC2::SecurityGroup')).map(({ Properties }) => Properties);
  const rules = [
    ...groups.flatMap(({ SecurityGroupIngress = [], SecurityGroupEgress = [] }) => [...SecurityGroupIngress, ...SecurityGroupEgress]),
    ...['Ingress', 'Egress'].flatMap((way) => Object.values<any>(template.findResources(`AWS::EC2::SecurityGroup${way}`)).map(({ Properties }) => Properties)),
  ];
  expect(groups.map(({ GroupDescription }) => GroupDescription)).toContain('The database Stack/Schulerdaten');
  for (const { GroupDescription } of groups) expect(GroupDescription).toMatch(/^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]{1,255}$/);
  for (const { Description } of rules.filter((rule) => typeof rule.Description === 'string')) expect(Description).toMatch(/^[a-zA-Z0-9 ._\-:/()#,@[\]+=;{}!$*]{1,255}$/);
});
