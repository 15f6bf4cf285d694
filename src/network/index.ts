export * from './endpoint-set';
export * from './ha-vpc';
export * from './ha-vpc-props';
export * from './nat-strategy';
export * from './subnet-tier';
