export * from './egress-address';
export * from './endpoint-set';
export * from './flow-logs';
export * from './ha-vpc';
export * from './nat-strategy';
export * from './public-access-exclusion';
export * from './subnet-tier';
