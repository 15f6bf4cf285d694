import { awscdk } from 'projen';

/**
 * Builds the functions under `lambda/` into the zips under `assets/` that ship in the package,
 * before jsii compiles, so that a user needs neither Docker nor a build step.
 */
export class LambdaBundles {
  /** Inlined by esbuild (sharp: staged beside the bundle), so a user of the package installs none of them. */
  public static readonly DEPENDENCIES = [
    '@aws-lambda-powertools/batch@^2.35.0',
    '@aws-lambda-powertools/logger@^2.35.0',
    '@aws-lambda-powertools/metrics@^2.35.0',
    '@aws-sdk/client-acm@^3.1150.0',
    '@aws-sdk/client-cloudfront@^3.1150.0',
    '@aws-sdk/client-cloudformation@^3.1150.0',
    '@aws-sdk/client-cloudwatch-logs@^3.1150.0',
    '@aws-sdk/client-ecs@^3.1150.0',
    '@aws-sdk/client-eventbridge@^3.1150.0',
    '@aws-sdk/client-lambda@^3.1150.0',
    '@aws-sdk/client-route-53@^3.1150.0',
    '@aws-sdk/client-rds@^3.1150.0',
    '@aws-sdk/client-s3@^3.1169.0',
    '@aws-sdk/client-secrets-manager@^3.1162.0',
    '@aws-sdk/client-sfn@^3.1150.0',
    '@aws-sdk/client-sqs@^3.1169.0',
    '@aws-sdk/client-ssm@^3.1169.0',
    '@aws-sdk/lib-storage@^3.1169.0',
    '@smithy/node-http-handler@^4.14.2',
    '@types/aws-lambda@^8.10.150',
    '@types/mime-types@^3.0.1',
    '@types/pg@^8.23.1',
    'async-mutex@^0.5.0',
    'fflate@^0.8.2',
    'libheif-js@1.23.2', // this and the next: exactly what lambda/photos/thumbnail/native/package-lock.json stages, which a test compares
    'mime-types@^3.0.2',
    'mysql2@^3.24.5',
    'pg@^8.23.1',
    'sharp@0.35.5',
  ];

  constructor(project: awscdk.AwsCdkConstructLibrary) {
    const bundle = project.addTask('bundle', {
      description: 'Build the Lambda zips into assets/ (skipped when nothing they are made of changed)',
      exec: 'ts-node --transpile-only --project projenrc/tsconfig.json projenrc/bundle-lambdas.ts',
    });
    project.preCompileTask.spawn(bundle);

    project.gitignore.exclude('/assets/', '/THIRD-PARTY-LICENSES.txt'); // the licences of what is in the zips, made with them
    project.npmignore?.include('/assets/*.zip', '/assets/*.js');
    project.npmignore?.exclude('/assets/.inputs', '/lambda/');
  }
}
