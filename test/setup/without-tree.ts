import { dirname, join } from 'path';

/** CDK writes tree.json for its console and for the CLI: a tenth of the time of a synthesis, for a file that no test reads. The construct `Tree` is there all the same. */
const MODULE = join(dirname(require.resolve('aws-cdk-lib')), 'core', 'lib', 'private', 'tree-metadata');

jest.doMock(MODULE, () => {
  const actual = jest.requireActual(MODULE);
  actual.TreeMetadata.prototype._synthesizeTree = () => undefined;
  return actual;
});
