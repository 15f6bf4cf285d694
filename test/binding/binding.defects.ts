import { inFile, SourceDefect } from '../mutations/source-defect';
import { TemplateDefect } from '../mutations/template-defect';

export const TEMPLATE_DEFECTS: TemplateDefect[] = [];

export const SOURCE_DEFECTS: SourceDefect[] = [
  ...inFile('src/binding/private/settings.ts', [
    { name: 'a setting is set twice', find: 'if (first !== undefined) throw', replace: 'if (false) throw' },
    { name: 'Lambda refuses the name of a setting', test: 'test/binding/binding.test.ts', find: '/^[a-zA-Z][a-zA-Z0-9_]+$/', replace: '/^[a-zA-Z][a-zA-Z0-9_]*$/' },
  ]),
  ...inFile('src/binding/binding-target.ts', [
    { name: 'a function has an ARN in place of a password, unsaid', test: 'test/binding/binding.test.ts', find: 'if (field === undefined) return;', replace: 'if (field !== null) return;' },
    { name: 'a service starts before its secrets may be read', test: 'test/binding/start-order.test.ts', find: 'startAfter(this, grant);', replace: '' },
  ]),
  ...inFile('src/shared/application.ts', [
    { name: 'tasks keep the address of a database that has moved', test: 'test/binding/start-order.test.ts', find: 'isDeployedWith(application, resource) ? address : kind', replace: 'kind' },
  ]),
  ...inFile('src/shared/security-groups.ts', [
    { name: 'two stacks depend on each other by a port', test: 'test/binding/between-stacks.test.ts', find: 'const isOfPeer = needed.isReachable(peerStack, serverStack);', replace: 'const isOfPeer = peerStack === serverStack;' },
  ]),
  ...inFile('src/shared/security-groups.ts', [
    { name: 'the data depend on an application of another stack', test: 'test/binding/across-stacks.test.ts', find: 'if (!securityGroups.some(comesWithIt)) {', replace: 'if (securityGroups.length > 0) {' },
    { name: 'an application starts before its port is open', test: 'test/binding/start-order.test.ts', find: 'both.includes(groupId) && both.includes(peer)', replace: 'both.includes(groupId) && peer.length === 0' },
  ]),
  ...inFile('src/shared/secrets.ts', [
    { name: 'an application of another stack decrypts anything of the key', test: 'test/binding/across-stacks.test.ts', find: "{ ...viaService('secretsmanager', secret.env.region), ...permission.conditions }", replace: '{ ...permission.conditions }' },
    { name: 'a secret is looked for by half of its name', test: 'test/binding/binding.test.ts', find: '!/-[A-Za-z0-9]{6}$/', replace: '!/-[0-9]{6}$/' },
  ]),
  ...inFile('src/binding/binding.ts', [
    { name: 'a binding to read lets write', find: 'options, READ);', replace: 'options, READ_WRITE);' },
  ]),
];
