// .NET is generated and looked at, not compiled: that takes a .NET SDK.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { artifact, MANIFEST, ROOT } from '../artifacts.mjs';
import { run } from '../command.mjs';
import { PHASES } from '../consumer.mjs';

const { name, version, license, jsii, peerDependencies } = MANIFEST;
const { namespace, packageId } = jsii.targets.dotnet;
const types = Object.values(JSON.parse(readFileSync(join(ROOT, '.jsii'), 'utf8')).types);

describe('dotnet', () => {
  let project;

  test(PHASES.build, () => {
    project = join(artifact('dotnet'), 'dotnet', packageId);
    const own = ['.cs', '.csproj', '.tgz'].filter((kind) => readdirSync(project, { recursive: true }).some((file) => file.endsWith(kind)));
    assert.deepEqual(own, ['.cs', '.csproj', '.tgz']);
  });

  test('its project has our package id, version and licence, and the packages that we stand on', () => {
    const csproj = readFileSync(join(project, `${packageId}.csproj`), 'utf8');
    const property = (key) => new RegExp(`<${key}>(.*)</${key}>`).exec(csproj)?.[1];
    assert.deepEqual([property('PackageId'), property('PackageVersion'), property('PackageLicenseExpression')], [packageId, version, license]);

    const referenced = Object.fromEntries([...csproj.matchAll(/<PackageReference Include="(.*?)" Version="\[(.*?),/g)].map(([, id, least]) => [id, least]));
    const least = (npm) => peerDependencies[npm].replace('^', '');
    assert.equal(referenced['Amazon.CDK.Lib'], least('aws-cdk-lib'));
    assert.equal(referenced.Constructs, least('constructs'));
    assert.ok('Amazon.JSII.Runtime' in referenced, csproj);
  });

  test('it embeds the package with the functions', () => {
    const files = run(project, ['tar', '-tzf', `${name}-${version}.tgz`]).split('\n');
    for (const file of ['assets/photos-thumbnail-arm64.zip', 'assets/photos-thumbnail-x64.zip', 'assets/photos-archive-bucket.zip', '.jsii']) {
      assert.ok(files.includes(`package/${file}`), `${file} is missing`);
    }
  });

  test('it has every public type, with every member', () => {
    assert.notEqual(types.length, 0);
    assert.deepEqual(types.flatMap(missingOf), []);
  });

  test('it would be noticed without one', () => {
    const [type] = types.filter(({ methods }) => methods);
    assert.deepEqual(missingOf({ ...type, methods: [{ name: 'nobodyWroteThis' }], properties: [] }), [`${type.name}.nobodyWroteThis`]);
    assert.deepEqual(missingOf({ ...type, name: 'NobodyWroteThis' }), ['NobodyWroteThis']);
  });

  /** A struct is an interface and its implementation. */
  function missingOf({ name: type, datatype, methods = [], properties = [] }) {
    return [type, ...(datatype ? [`I${type}`] : [])].flatMap((className) => {
      const file = join(project, namespace, `${className}.cs`);
      const code = readdirSync(join(project, namespace)).includes(`${className}.cs`) ? readFileSync(file, 'utf8') : '';
      if (!new RegExp(`^    public (abstract |sealed )?(class|interface|enum) ${className}\\b`, 'm').test(code)) return [className];
      const members = [...methods.map((method) => ['Method', method.name]), ...properties.map((property) => ['Property', property.name])];
      return members.filter(([kind, member]) => !code.includes(`[Jsii${kind}(name: "${member}"`)).map(([, member]) => `${className}.${member}`);
    });
  }
});
