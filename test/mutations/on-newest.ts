import Module from 'module';

// What test/newest/jest.config.js does for jest: the newest aws-cdk-lib, whose validator is one of the checks, in place of the peer floor.
const module_ = Module as unknown as { _resolveFilename(request: string, ...context: unknown[]): string };
const resolve = module_._resolveFilename;
module_._resolveFilename = (request, ...context) => resolve(request.replace(/^aws-cdk-lib(?=\/|$)/, 'aws-cdk-lib-newest'), ...context);
