import { Queue } from 'aws-cdk-lib/aws-sqs';
import { FLAG_SETS } from './contexts';
import { synthesized, templateOf } from './variant-template';
import { VARIANTS } from './variants';

const variant = VARIANTS.find(({ name }) => name === 'SecureQueue')!;

describe('the tests of a run share a template that', () => {
  test.each(FLAG_SETS)('is as the variant is synthesized with $name', ({ context }) => {
    const [first, second] = [templateOf(variant, context), templateOf(variant, context)];
    expect(first).toEqual(synthesized(variant.build, context));
    expect(second).toEqual(first);
  });

  test('a test may change for itself', () => {
    templateOf(variant).Resources = {};
    expect(templateOf(variant).Resources).not.toEqual({});
  });

  test('is synthesized once', () => {
    const build = jest.spyOn(variant, 'build');
    templateOf(variant, { once: true });
    templateOf(variant, { once: true });
    templateOf(variant, { once: 'otherwise' });
    expect(build).toHaveBeenCalledTimes(2);
    build.mockRestore();
  });
});

test('a variant with a defect is never given the template of the sound one, whose name it has', () => {
  templateOf(variant);
  const damaged = { ...variant, build: (scope: any) => void new Queue(scope, 'Open') };
  expect(Object.keys(templateOf(damaged).Resources)).toHaveLength(1);
});

test('without the folder of a run, as under mutation tests, nothing is shared', () => {
  const folder = process.env.CDK_MAINSTAY_TEMPLATES;
  delete process.env.CDK_MAINSTAY_TEMPLATES;
  const build = jest.spyOn(variant, 'build');
  templateOf(variant);
  templateOf(variant);
  expect(build).toHaveBeenCalledTimes(2);
  build.mockRestore();
  process.env.CDK_MAINSTAY_TEMPLATES = folder;
});
