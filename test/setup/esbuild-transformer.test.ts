const { getCacheKey, process: compile } = jest.requireActual('./esbuild-transformer.js');

function moduleOf(source: string, modules: Record<string, unknown> = {}): any {
  const module = { exports: {} };
  new Function('module', 'require', compile(source, '/any/file.ts').code)(module, (name: string) => modules[name]);
  return module.exports;
}

test('exports can be replaced, also where another module passes them on', () => {
  const module = moduleOf('export function answer() { return 1; }');
  const barrel = moduleOf("export * from './module';", { './module': module });
  jest.spyOn(module, 'answer').mockReturnValue(2);
  expect([module.answer(), barrel.answer()]).toEqual([2, 2]);
  jest.restoreAllMocks();
  expect(module.answer()).toBe(1);
});

test('a namespace is the module itself, and a default import of CommonJS all of it', () => {
  const modules = { library: { __esModule: true, name: 'library' }, old: { name: 'old' } };
  const { library, old } = moduleOf("import * as library from 'library'; import old from 'old'; export { library, old };", modules);
  expect(library).toBe(modules.library);
  expect(old).toBe(modules.old);
});

test('classes keep their names, and fields are defined', () => {
  const { Child } = moduleOf('class Parent { field?: string = "set"; } export class Child extends Parent { static readonly ONE = new Child(); field?: string; }');
  expect(Child.name).toBe('Child');
  expect(Child.ONE).toEqual({ field: undefined });
});

test('jest.mock, which would come too late, is refused', () => {
  expect(() => compile("import { a } from './a';\njest.mock('./a');", '/any/file.ts')).toThrow('/any/file.ts: jest.mock is not moved above the imports here');
});

test('what is compiled is kept for the same content under the same name', () => {
  expect(getCacheKey('1', '/one/a.ts')).toBe(getCacheKey('1', '/other/a.ts'));
  expect(getCacheKey('1', '/one/a.ts')).not.toBe(getCacheKey('1', '/one/b.ts'));
  expect(getCacheKey('1', '/one/a.ts')).not.toBe(getCacheKey('2', '/one/a.ts'));
  expect(getCacheKey('1', '/one/a.ts')).not.toBe(getCacheKey('1', '/one/a.ts', { instrument: true })); // or nothing would count as covered
});
