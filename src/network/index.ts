export * from './endpoint-set';
export * from './flow-logs';
export * from './ha-vpc';
export * from './ha-vpc-props';
export * from './nat-strategy';
export * from './public-access-exclusion';
export * from './subnet-tier';
