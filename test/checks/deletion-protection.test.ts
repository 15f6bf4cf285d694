import { readFileSync } from 'fs';
import { join } from 'path';
import { templateOf } from './variant-template';
import { VARIANTS } from './variants';

const PAGE = readFileSync(join(__dirname, '..', '..', 'docs', 'decisions', 'deletion-protection.md'), 'utf8');

/** The commands of the page: of what other types would need one, a construct would leave a stack without a way out. */
const WAY_OUT: Record<string, string> = {
  'AWS::RDS::DBCluster': 'aws rds modify-db-cluster --db-cluster-identifier ID --no-deletion-protection --apply-immediately',
  'AWS::RDS::DBInstance': 'aws rds modify-db-instance --db-instance-identifier ID --no-deletion-protection --apply-immediately',
};

const found = VARIANTS.flatMap((variant) => Object.entries<any>(templateOf(variant).Resources)
  .filter(([, { Properties = {} }]) => Properties.DeletionProtection === true || Properties.DeletionProtectionEnabled === true)
  .map(([id, resource]) => ({ variant: variant.name, id, type: resource.Type as string, resource })));

test('what refuses to be deleted outlives its stack, and its replacement', () => {
  expect(found.filter(({ resource }) => !`${resource.DeletionPolicy}`.startsWith('Retain') && resource.DeletionPolicy !== 'Snapshot')).toEqual([]);
  expect(found.filter(({ resource }) => !['Retain', 'Snapshot'].includes(resource.UpdateReplacePolicy))).toEqual([]);
});

test('the page has the way out for each type that a rollback deletes, and that refuses it', () => {
  const contradictory = found.filter(({ resource }) => resource.DeletionPolicy !== 'Retain');
  expect([...new Set(contradictory.map(({ type }) => type))].sort()).toEqual(Object.keys(WAY_OUT));
  Object.values(WAY_OUT).forEach((command) => expect(PAGE).toContain(`\`${command}\``));
});
