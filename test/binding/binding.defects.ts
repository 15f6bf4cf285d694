import { inFile, SourceDefect } from '../mutations/source-defect';
import { TemplateDefect } from '../mutations/template-defect';

export const TEMPLATE_DEFECTS: TemplateDefect[] = [];

export const SOURCE_DEFECTS: SourceDefect[] = [
  ...inFile('src/binding/private/settings.ts', [
    { name: 'a setting is set twice', find: 'if (first !== undefined) throw', replace: 'if (false) throw' },
  ]),
  ...inFile('src/shared/security-groups.ts', [
    { name: 'the data depend on an application of another stack', test: 'test/binding/across-stacks.test.ts', find: 'if (!securityGroups.some(comesWithIt)) return', replace: 'if (securityGroups.length > 0) return' },
  ]),
  ...inFile('src/shared/secrets.ts', [
    { name: 'an application of another stack decrypts anything of the key', test: 'test/binding/across-stacks.test.ts', find: "{ ...viaService('secretsmanager', secret.env.region), ...permission.conditions }", replace: '{ ...permission.conditions }' },
  ]),
  ...inFile('src/binding/binding.ts', [
    { name: 'a binding to read lets write', find: 'options, READ);', replace: 'options, READ_WRITE);' },
  ]),
];
